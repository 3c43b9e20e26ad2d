"""From what an operation asks to what each register is asked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from graphql.execution.values import VariableValues

from hub.assemble.answers import Part
from hub.model.agreement import Agreement
from hub.model.decision import Consented
from hub.model.evidence import AbsenceCode, Ask, Order, Subject, Window
from hub.model.personal_code import PersonalCode
from hub.pipeline.prepared import Prepared, Question
from hub.policy.windows import day, period
from hub.ports import Connector


def parts(
    prepared: Prepared,
    variables: VariableValues,
    codes: Sequence[Sequence[PersonalCode]],
    today: date,
) -> list[Part]:
    """Return the register fields that will be answered, with their periods bound.

    Args:
        prepared: What is asked.
        variables: Of the request.
        codes: Those asked, by root.
        today: Day in Europe/Riga.

    Raises:
        BadRequest: ``window_invalid``.
        Refused: ``window_not_in_agreement``.
    """
    # one root asks about everybody there is, so nobody needs to be looked up
    about = [None] if len(codes) == 1 else [frozenset(each) for each in codes]
    return [
        _part(prepared, each, variables, about[each.root], today) for each in prepared.questions
    ]


def _part(
    prepared: Prepared,
    question: Question,
    variables: VariableValues,
    about: frozenset[PersonalCode] | None,
    today: date,
) -> Part:
    sent = question.arguments(variables)
    filled = _filled(prepared.permit.caller.agreement, sent, today)
    return Part(
        register=question.register,
        sent=sent,
        filled=filled,
        about=about,
        leaves=question.leaves,
        needs=question.needs,
        place=question.place,
        show=question.show,
        likeness=prepared.likeness(question, filled, today) if question.show else None,
    )


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
    prepared: Prepared,
    asked: Sequence[Part],
    connectors: Mapping[str, Connector],
    subjects: tuple[Subject, ...],
    stopped: Mapping[tuple[PersonalCode, str], AbsenceCode],
) -> list[Order]:
    """Return one order per register: the union of columns, the hull of periods.

    Nobody is asked about in a register where no question names them.
    """
    found: list[Order] = []
    for register, columns in prepared.columns.items():
        mine = [part for part in asked if part.register == register]
        windowed = connectors[register].manifest.windowed
        ask = Ask(register=register, columns=columns, window=_hull(mine) if windowed else None)
        people = _asked_about(register, mine, subjects, stopped)
        if people:
            found.append(Order(ask=ask, subjects=people))
    return found


def _asked_about(
    register: str,
    asked: Sequence[Part],
    subjects: tuple[Subject, ...],
    stopped: Collection[tuple[PersonalCode, str]],
) -> tuple[Subject, ...]:
    everybody = any(part.about is None for part in asked)
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
