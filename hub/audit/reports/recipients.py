"""GDPR 19: who was given facts that have since been corrected, erased or restricted."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from hub.audit.checked import Opened
from hub.audit.reports.person import is_told
from hub.audit.uses import Known
from hub.errors import BadRequest, Code
from hub.model.reports import PastRecipient, Words
from hub.model.usage import LEARNED, Disclosed
from hub.ports.reports import Vocabulary

Given = tuple[Opened, frozenset[str]]


def past_recipients(  # noqa: PLR0913, PLR0917 — what was asked, and when
    entries: Sequence[Opened],
    register: str,
    fields: Collection[str],
    known: Known,
    words: Vocabulary,
    at: datetime,
    today: date,
) -> Sequence[PastRecipient]:
    """Return recipients of a register's facts about one person, by agreement.

    Args:
        entries: The person's, newest first.
        register: Published name.
        fields: Field ids, or what they begin with; nothing means every field of the register.
        known: Every agreement revision.
        words: Plain words.
        at: Present instant.
        today: Present day, Europe/Riga.
    """
    grouped: dict[tuple[str, str], list[Given]] = {}
    for entry in entries:
        if given := _given(entry, register, fields):
            told = entry.told
            key = (told.get("agreement", ""), told.get("client", ""))
            grouped.setdefault(key, []).append((entry, given))
    return [
        _recipient(key, given, known, words, told=_told(given, known, at, today))
        for key, given in sorted(grouped.items())
    ]


def check_granted(register: str, fields: Collection[str], known: Known) -> None:
    """Refuse a register or field that no agreement ever granted.

    Mistyped, it would seem that nobody is to be notified.

    Raises:
        BadRequest: ``parameter_invalid``.
    """
    granted = {field for each in known.values() for field in each.agreement.fields}
    for name in (register, *fields):
        if not any(_under(field, name) and _under(field, register) for field in granted):
            raise BadRequest(Code.PARAMETER_INVALID, "no agreement ever opened such data")


def _given(entry: Opened, register: str, fields: Collection[str]) -> frozenset[str]:
    """Return the fields of the register that the recipient was given facts of."""
    if LEARNED.get(entry.outcomes.get(register, "")) is not Disclosed.FACTS:
        return frozenset()
    asked = [each for each in entry.told.get("fields", ()) if _under(each, register)]
    return frozenset(
        each for each in asked if not fields or any(_under(each, name) for name in fields)
    )


def _under(field: str, name: str) -> bool:
    return field == name or field.startswith((f"{name}.", f"{name}#"))


def _told(given: Sequence[Given], known: Known, at: datetime, today: date) -> bool:
    return all(is_told(entry, known, at, today) for entry, _ in given)


def _recipient(
    key: tuple[str, str], given: Sequence[Given], known: Known, words: Vocabulary, *, told: bool
) -> PastRecipient:
    last, instants = given[0][0], [entry.found.at for entry, _ in given]
    code: str = last.told.get("recipient") or ""
    revision = known.get((key[0], last.told.get("revision", 0)))
    terms = revision.agreement if revision else None
    return PastRecipient(
        code=code or (terms.recipient if terms else ""),
        recipient=Words(
            en=terms.recipient_en if terms else code, lv=terms.recipient_lv if terms else code
        ),
        client=key[1],
        agreement=key[0],
        purpose=words.purpose(last.told.get("purpose", "")),
        fields=sorted({field for _, fields in given for field in fields}),
        first=min(instants),
        last=max(instants),
        times=len(given),
        told=told,
    )
