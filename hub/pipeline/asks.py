"""From what an operation asks to what each register is asked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from graphql.execution.values import VariableValues

from hub.assemble.answers import Asked, Part
from hub.model.agreement import Agreement
from hub.model.decision import Consented
from hub.model.evidence import AbsenceCode, Ask, Order, Subject, Window
from hub.model.personal_code import PersonalCode
from hub.pipeline.bound import Bound
from hub.pipeline.prepared import Prepared, Question
from hub.pipeline.request import Rooms
from hub.policy.windows import day, period

_MOST_BOUND: Final = 16
_MISSING: Final = object()


def bind(
    prepared: Prepared,
    variables: VariableValues,
    codes: Sequence[Sequence[PersonalCode]],
    rooms: Rooms,
) -> Bound:
    """Return what is asked, with periods filled in; worked out anew only for other periods.

    Args:
        prepared: What is asked.
        variables: Of the request.
        codes: Those asked, by root.
        rooms: For connectors, catalogue and the day in Europe/Riga.

    Raises:
        BadRequest: ``window_invalid``.
        Refused: ``window_not_in_agreement``.
    """
    today, coerced = rooms.clock.today(), variables.coerced
    # one root asks about everybody there is, so nobody needs to be looked up
    if len(codes) > 1:
        about = [frozenset(each) for each in codes]
        return _bound(prepared, variables, about, rooms, today)
    key = (today, *[_hashable(coerced.get(name, _MISSING)) for name in prepared.periods])
    known = prepared.bound.get(key)
    if isinstance(known, Bound):
        return known
    bound = _bound(prepared, variables, [None], rooms, today)
    if len(prepared.bound) >= _MOST_BOUND:
        prepared.bound.clear()
    prepared.bound[key] = bound
    return bound


def _bound(
    prepared: Prepared,
    variables: VariableValues,
    about: Sequence[frozenset[PersonalCode] | None],
    rooms: Rooms,
    today: date,
) -> Bound:
    parts = [
        _part(prepared, question, question.arguments(variables), about[question.root], today)
        for question in prepared.questions
    ]
    asked = Asked(
        catalogue=rooms.catalogue,
        connectors=rooms.connectors,
        today=today,
        parts=parts,
        value_classes=prepared.permit.value_classes,
    )
    asks = {
        register: Ask(
            register=register,
            columns=columns,
            window=_hull(asked.by_register[register])
            if rooms.connectors[register].manifest.windowed
            else None,
        )
        for register, columns in prepared.columns.items()
    }
    return Bound(asked=asked, asks=asks)


def _part(
    prepared: Prepared,
    question: Question,
    sent: Mapping[str, object],
    about: frozenset[PersonalCode] | None,
    today: date,
) -> Part:
    filled = _filled(prepared.permit.caller.agreement, sent, today)
    periods = tuple(map(_hashable, filled.values()))
    return Part(
        register=question.register,
        sent=sent,
        filled=filled,
        about=about,
        leaves=question.leaves,
        needs=question.needs,
        place=question.place,
        show=question.show,
        # stands for the prepared plan too, and is kept with records: so by its mark alone
        likeness=(prepared.mark, question.place, periods, today) if question.show else None,
    )


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _filled(
    agreement: Agreement, arguments: Mapping[str, object], today: date
) -> Mapping[str, object]:
    """Return the arguments with the agreement's period in place of what was left out."""
    filled = dict(arguments)
    if "from" in arguments:
        window = period(agreement, _date(arguments["from"]), _date(arguments["to"]), today)
        filled["from"] = window.start if window else date.min
        filled["to"] = window.end if window else date.max
    if "on" in arguments:
        filled["on"] = day(agreement, _date(arguments["on"]), today)
    return filled


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None


def of_persons(consented: Consented, subjects: Sequence[Subject]) -> Consented:
    """Return what was settled of every code, by persons: a restriction under any code is theirs.

    Consent is what the current code gave: it is never carried over by the hub.
    """
    if not consented.records and not consented.restricted:
        return consented
    current = {code: subject.current for subject in subjects for code in subject.codes}
    return Consented(
        records={
            code: record for code, record in consented.records.items() if current[code] == code
        },
        restricted=frozenset(current[code] for code in consented.restricted),
    )


def barred(
    prepared: Prepared, consented: Consented, subjects: Sequence[Subject]
) -> dict[tuple[PersonalCode, str], AbsenceCode]:
    """Return the persons that a register must not be asked about, and why.

    Args:
        prepared: What is asked, and which registers rest on consent.
        consented: Consents, restrictions and objections in force.
        subjects: Persons found.
    """
    stopped: dict[tuple[PersonalCode, str], AbsenceCode] = {}
    if not consented.restricted and not prepared.resting:
        return stopped
    for subject in subjects:
        code = subject.current
        if code in consented.restricted:
            stopped |= {(code, register): AbsenceCode.RESTRICTED for register in prepared.columns}
        elif code not in consented.records:
            stopped |= {(code, register): AbsenceCode.NO_CONSENT for register in prepared.resting}
    return stopped


def orders(
    bound: Bound,
    subjects: tuple[Subject, ...],
    stopped: Mapping[tuple[PersonalCode, str], AbsenceCode],
) -> list[Order]:
    """Return one order per register: the union of columns, the hull of periods.

    Nobody is asked about in a register where no question names them.
    """
    found: list[Order] = []
    for register, ask in bound.asks.items():
        people = _asked_about(register, bound.asked.by_register[register], subjects, stopped)
        if people:
            found.append(Order(ask=ask, subjects=people))
    return found


def _asked_about(
    register: str,
    asked: Sequence[Part],
    subjects: tuple[Subject, ...],
    stopped: Collection[tuple[PersonalCode, str]],
) -> tuple[Subject, ...]:
    everybody = asked[0].about is None
    if everybody and not stopped:
        return subjects
    about = frozenset[PersonalCode]().union(*(part.about or () for part in asked))
    return tuple(
        each
        for each in subjects
        if (everybody or each.asked in about) and (each.current, register) not in stopped
    )


def _hull(asked: Sequence[Part]) -> Window:
    return Window(
        start=min(part.filled["from"] for part in asked),
        end=max(part.filled["to"] for part in asked),
    )
