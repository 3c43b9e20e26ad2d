"""From what an operation asks to what each register is asked."""

from collections.abc import Mapping, Sequence
from datetime import date

from hub.assemble.answers import Part
from hub.model.agreement import Agreement
from hub.model.catalogue import FieldId
from hub.model.decision import Consented, Permit
from hub.model.evidence import AbsenceCode, Ask, Order, Subject, Window
from hub.model.personal_code import PersonalCode
from hub.plan.operation import Question
from hub.policy.windows import day, period
from hub.ports import Connector


def parts(
    questions: Sequence[Question], permit: Permit, reach: frozenset[FieldId], today: date
) -> list[Part]:
    """Return the register fields that will be answered, with their periods bound.

    Args:
        questions: Register fields of the operation.
        permit: What may be disclosed.
        reach: Every leaf the agreement grants, free ones left out. A question for provenance
            alone is answered from these, so that existence tells of nothing else.
        today: Day in Europe/Riga.

    Raises:
        BadRequest: ``window_invalid``.
        Refused: ``window_not_in_agreement``.
    """
    return [
        Part(
            register=question.register,
            sent=question.arguments,
            filled=_filled(permit.caller.agreement, question.arguments, today),
            about=question.about,
            leaves=question.leaves & permit.granted,
            needs=(question.leaves & permit.granted & reach) or _of(question.register, reach),
        )
        for question in questions
        if question.leaves & permit.granted
    ]


def _of(register: str, reach: frozenset[FieldId]) -> frozenset[FieldId]:
    return frozenset(each for each in reach if each.startswith(f"{register}."))


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
    current = {code: subject.current for subject in subjects for code in subject.codes}
    return Consented(
        records={
            code: record for code, record in consented.records.items() if current[code] == code
        },
        restricted=frozenset(current[code] for code in consented.restricted),
    )


def barred(
    asked: Sequence[Part],
    consenting: frozenset[FieldId],
    consented: Consented,
    subjects: Sequence[Subject],
) -> dict[tuple[PersonalCode, str], AbsenceCode]:
    """Return the persons that a register must not be asked about, and why.

    Args:
        asked: Register fields to be answered.
        consenting: Leaves that the agreement grants by consent only.
        consented: Consents, restrictions and objections in force.
        subjects: Persons found.
    """
    registers = {part.register for part in asked}
    resting = {part.register for part in asked if part.needs & consenting}
    stopped: dict[tuple[PersonalCode, str], AbsenceCode] = {}
    for subject in subjects:
        code = subject.current
        if code in consented.restricted:
            stopped |= {(code, register): AbsenceCode.RESTRICTED for register in registers}
        elif code not in consented.records:
            stopped |= {(code, register): AbsenceCode.NO_CONSENT for register in resting}
    return stopped


def orders(
    asked: Sequence[Part],
    connectors: Mapping[str, Connector],
    subjects: Sequence[Subject],
    stopped: Mapping[tuple[PersonalCode, str], AbsenceCode],
) -> list[Order]:
    """Return one order per register: the union of columns, the hull of periods.

    Nobody is asked about in a register where no question names them.
    """
    found: list[Order] = []
    for register in sorted({part.register for part in asked}):
        connector = connectors[register]
        mine = [part for part in asked if part.register == register]
        wanted: frozenset[FieldId] = frozenset().union(*(part.needs for part in mine))
        about: frozenset[PersonalCode] = frozenset().union(*(part.about for part in mine))
        ask = Ask(
            register=register,
            columns=connector.columns(wanted),
            window=_hull(mine) if connector.manifest.windowed else None,
        )
        people = tuple(
            each
            for each in subjects
            if each.asked in about and (each.current, register) not in stopped
        )
        if people:
            found.append(Order(ask=ask, subjects=people))
    return found


def _hull(asked: Sequence[Part]) -> Window:
    return Window(
        start=min(part.filled["from"] for part in asked),
        end=max(part.filled["to"] for part in asked),
    )
