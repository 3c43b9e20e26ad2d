"""What the twins' call logs tell: lines that ``noting`` makes the server write."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from hub.sandbox.people.noting import LINE

_FORM: Final = re.compile(
    rf"(\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC \[\d+\] (\S+)@(\S+) (\S+) (\S+) LOG:  "
    rf"{LINE} (\w+) (?:read|asked (\d+) ?(.*))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One transaction in which a twin was read, or was told that it would be.

    Attributes:
        credential: The role that read; PostgreSQL's own word, as is ``session``.
        reference: As the caller told it; "" when it told none.
        persons: How many codes it was told of; None when it was only read.
    """

    at: datetime
    register: str
    credential: str
    session: str
    reference: str = ""
    persons: int | None = None


def noted(lines: Iterable[str], database: str) -> Iterator[Noted]:
    """Yield what the log of PostgreSQL tells of reads of the twins in ``database``.

    What follows in a line cannot be made up by who reads: PostgreSQL writes who, where, session
    and transaction before it, and begins every further line of a message with a tab.
    """
    open_: dict[str, tuple[str, Noted]] = {}
    for line in lines:
        form = _FORM.match(line) if LINE in line else None
        if form is None or form[3] != database:
            continue
        session, transaction = form[4], form[5]
        known = open_.get(session)
        if known is not None and known[0] == transaction and not _told_twice(known[1], form):
            open_[session] = transaction, _joined(known[1], form)
            continue
        if known is not None:
            yield known[1]
        open_[session] = transaction, _joined(_begun(form), form)
    for _, each in open_.values():
        yield each


def by_register(found: Iterable[Noted]) -> Mapping[str, list[Noted]]:
    """Return each register's calls in the order of time."""
    calls: dict[str, list[Noted]] = {}
    for each in found:
        calls.setdefault(each.register, []).append(each)
    for listed in calls.values():
        listed.sort(key=lambda each: each.at)
    return calls


def _begun(form: re.Match[str]) -> Noted:
    return Noted(
        at=datetime.fromisoformat(form[1]).replace(tzinfo=UTC),
        register=form[6],
        credential=form[2],
        session=form[4],
    )


def _told_twice(known: Noted, form: re.Match[str]) -> bool:
    return form[7] is not None and known.persons is not None


def _joined(known: Noted, form: re.Match[str]) -> Noted:
    if form[7] is None:
        return known
    return replace(known, reference=form[8].strip(), persons=int(form[7]))
