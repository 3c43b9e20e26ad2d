"""GDPR 33 and 34: whose data, and which, were exposed by a client, an agreement, a key, a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson
from cryptography.exceptions import InvalidTag

from hub.audit.keys import NONCE_BYTES, YearKeys, cipher
from hub.audit.uses import Known
from hub.errors import BadRequest, Code
from hub.model.personal_code import PersonalCode
from hub.model.reports import (
    BreachOf,
    BreachReport,
    ExposedPerson,
    ExposedRow,
    Exposure,
    TreeSize,
    Words,
)
from hub.ports import Keyring
from hub.ports.reports import ExposureStore, Vocabulary

NOTIFY: Final = timedelta(hours=72)
"""GDPR 33(1)."""
PAGE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachReports:
    """Makes the report."""

    store: ExposureStore
    words: Vocabulary

    async def report(
        self, of: BreachOf, known: Known, at: datetime, known_at: datetime
    ) -> BreachReport:
        """Return the report; whom it is about, in numbers alone.

        Args:
            of: What was breached; at least one is named.
            known: Every agreement revision.
            at: Present instant.
            known_at: When the controller became aware; 72 hours run from it.

        Raises:
            BadRequest: ``parameter_invalid``: nothing is named, or what never was;
                ``window_invalid``.
            ServiceUnavailable: ``audit_unavailable``.
        """
        check(of)
        _check_known(of, known)
        log = await self.store.sizes()
        persons, unreadable, entries = await self.store.counts(of, log)
        return BreachReport(
            at=at,
            known_at=known_at,
            notify_by=known_at + NOTIFY,
            of=of,
            persons=persons,
            unreadable=unreadable,
            entries=entries,
            exposures=[self._exposure(each, known) for each in await self.store.rows(of, log)],
            log=log,
        )

    def _exposure(self, row: ExposedRow, known: Known) -> Exposure:
        revision = known.get((row.agreement, row.revision))
        terms = revision.agreement if revision else None
        return Exposure(
            agreement=row.agreement,
            revision=row.revision,
            client=row.client,
            recipient=Words(
                en=terms.recipient_en if terms else row.recipient,
                lv=terms.recipient_lv if terms else row.recipient,
            ),
            purpose=self.words.purpose(row.purpose),
            registers=row.registers,
            categories=[self.words.category(each) for each in row.categories],
            fields=row.fields,
            persons=row.persons,
            entries=row.entries,
            first=row.first,
            last=row.last,
        )


async def codes_of(
    store: ExposureStore, keyring: Keyring, of: BreachOf, log: Sequence[TreeSize]
) -> Sequence[PersonalCode]:
    """Return whom to tell (GDPR 34), opened one person at a time.

    Args:
        store: Where entries are.
        keyring: What opens them.
        of: What was breached.
        log: Of the report that counted them.

    Raises:
        BadRequest: As ``BreachReports.report``.
        ServiceUnavailable: ``audit_unavailable``.
    """
    check(of)
    told: set[PersonalCode] = set()
    after: tuple[int, bytes] | None = None
    while found := await store.persons(of, log, after, PAGE):
        told.update(code for each in found if (code := _code(each, keyring)))
        after = (found[-1].year, found[-1].index)
    return sorted(told)


def _code(person: ExposedPerson, keyring: Keyring) -> PersonalCode | None:
    """Return who it is; None where the key was destroyed or does not open the entry."""
    if person.sealed is None or person.wrapped is None:
        return None
    keys = YearKeys(keyring, person.year)
    try:
        secret = keys.unwrap(person.index, person.wrapped)
        nonce, sealed = person.sealed[:NONCE_BYTES], person.sealed[NONCE_BYTES:]
        text = cipher(secret).decrypt(nonce, sealed, person.operation_id.encode())
    except InvalidTag:
        return None
    code = PersonalCode(orjson.loads(text)["subject"])
    return code if keys.index(code) == person.index else None


def check(of: BreachOf) -> None:
    """Refuse a breach of nothing, and a time that ends before it begins.

    Raises:
        BadRequest: ``parameter_invalid`` or ``window_invalid``.
    """
    if of == BreachOf():
        raise BadRequest(Code.PARAMETER_INVALID, "name a client, an agreement, a key or a time")
    if of.start is not None and of.end is not None and of.start >= of.end:
        raise BadRequest(Code.WINDOW_INVALID)


def _check_known(of: BreachOf, known: Known) -> None:
    """Refuse a client or agreement that never was: mistyped, it would seem to expose nobody."""
    if of.agreement is not None and of.agreement not in {number for number, _ in known}:
        raise BadRequest(Code.PARAMETER_INVALID, "there never was such an agreement")
    clients = {each.agreement.client for each in known.values()}
    if of.client is not None and of.client not in clients:
        raise BadRequest(Code.PARAMETER_INVALID, "no agreement was ever with such a client")
