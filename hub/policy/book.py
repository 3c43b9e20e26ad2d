"""The book of agreements: what is in the store, verified, and held in memory for requests."""

import asyncio
import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.errors import Code, Misconfigured, ServiceUnavailable
from hub.model.agreement import Agreement, Operation
from hub.policy.cedar import Rules
from hub.policy.decisions import Decided, decide_all
from hub.policy.documents import AgreementDocument, read_document
from hub.policy.permits import ACTIONS
from hub.policy.signatures import objections
from hub.ports import AgreementStore, Clock, StoredAgreement

_LOG = structlog.get_logger("hub.policy")
_BREATH_S: Final = 0.005
"""Left to requests between two decision sets built ahead; one takes about as long."""

Key = tuple[str, str, Operation]
"""Number, hash and kind of operation: what a decision set is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Agreements that may act, by client and number, and their decision sets.

    Never changed: a change in the store makes a new book. Decision sets are filled in when first
    asked for and are a function of what stands beside them, so filling them changes nothing.

    Attributes:
        agreements: Client to number to agreement, numbers sorted.
        problems: Why other revisions do not act.
        spoilt: What has no decision set, for its permit does not validate.
    """

    rules: Rules
    agreements: Mapping[str, Mapping[str, Agreement]]
    problems: tuple[str, ...] = ()
    decided: dict[Key, Decided] = field(default_factory=dict)
    spoilt: set[Key] = field(default_factory=set)

    def decision(self, agreement: Agreement, action: Operation) -> Decided:
        """Return the decision set, built when first asked for.

        Raises:
            ServiceUnavailable: ``policy_unavailable``, the agreement's permit does not validate.
        """
        key = (agreement.number, agreement.hash, action)
        known = self.decided.get(key)
        return self._decide(key, agreement) if known is None else known

    def ahead(self) -> Iterator[Decided]:
        """Build what nobody has asked for yet, one decision set a step; skip those that fail."""
        for agreement in [each for mine in self.agreements.values() for each in mine.values()]:
            for action in agreement.operations.intersection(ACTIONS):
                key = (agreement.number, agreement.hash, action)
                if key not in self.decided and key not in self.spoilt:
                    with contextlib.suppress(ServiceUnavailable):
                        yield self._decide(key, agreement)

    def _decide(self, key: Key, agreement: Agreement) -> Decided:
        if key in self.spoilt:
            raise ServiceUnavailable(Code.POLICY_UNAVAILABLE)
        try:
            known = self.decided[key] = decide_all(self.rules, agreement, key[2])
        except Misconfigured as wrong:
            self.spoilt.add(key)
            _LOG.error("permit_refused", agreement=agreement.number, problems=wrong.problems)
            raise ServiceUnavailable(Code.POLICY_UNAVAILABLE) from None
        return known


def book_of(
    rules: Rules,
    agreements: Sequence[Agreement],
    problems: Sequence[str] = (),
    before: Book | None = None,
) -> Book:
    """Make a book; decision sets of revisions that ``before`` holds too are taken over."""
    by_client: dict[str, dict[str, Agreement]] = {}
    for each in sorted(agreements, key=lambda agreement: agreement.number):
        by_client.setdefault(each.client, {})[each.number] = each
    hashes = {each.hash for each in agreements}
    kept = before.decided if before else {}
    return Book(
        rules=rules,
        agreements=MappingProxyType(by_client),
        problems=tuple(problems),
        decided={key: known for key, known in kept.items() if key[1] in hashes},
    )


def drafted_book(rules: Rules, documents: Sequence[AgreementDocument]) -> Book:
    """Make a book of documents straight from a folder: to look at, before anybody signed."""
    return book_of(rules, [each.agreement for each in documents])


class AgreementBook:
    """Keeps the present book: reads the store when its version moves."""

    def __init__(
        self,
        *,
        store: AgreementStore,
        rules: Rules,
        controllers: Mapping[str, Ed25519PublicKey],
        clock: Clock,
        max_age_s: float = 60.0,
    ) -> None:
        """Read nothing yet.

        Args:
            store: Agreement revisions.
            rules: Guard rails and vocabulary.
            controllers: Public key of every controller by name.
            clock: Time.
            max_age_s: How long the last book read serves while the store cannot be read.
        """
        self._store = store
        self._rules = rules
        self._controllers = dict(controllers)
        self._clock = clock
        self._max_age = timedelta(seconds=max_age_s)
        self._version: int | None = None
        self._book: Book | None = None
        self._ahead = False
        self._confirmed_at: datetime | None = None

    def current(self) -> Book:
        """Return the book in force.

        Raises:
            ServiceUnavailable: ``policy_unavailable``: never read, or not confirmed for too long.
        """
        if (
            self._book is None
            or self._confirmed_at is None
            or self._clock.now() - self._confirmed_at > self._max_age
        ):
            raise ServiceUnavailable(Code.POLICY_UNAVAILABLE)
        return self._book

    def warm(self) -> None:
        """Have decision sets built before anybody asks, from now on, while the book is watched.

        A set asked for before its turn is built there and then: nobody waits for the others.
        """
        self._ahead = True

    async def refresh(self) -> bool:
        """Read the store if it changed; tell whether it could be asked.

        The version is asked first, so a change made while reading is read at the next turn.
        """
        asked_at = self._clock.now()
        try:
            version = await self._store.version()
            if self._book is None or version != self._version:
                self._take(await self._store.latest())
                self._version = version
        except Exception as wrong:  # noqa: BLE001 — whatever fails, the book read last stands or lapses
            _LOG.warning("agreements_unreadable", kind=type(wrong).__name__)
            return False
        self._confirmed_at = asked_at
        return True

    async def watch(self, every_s: float = 0.5) -> None:
        """Refresh for ever; runs in the application's TaskGroup."""
        while True:
            await self.refresh()
            await self._pause(every_s)

    async def _pause(self, pause_s: float) -> None:
        """Let ``pause_s`` pass, building ahead meanwhile if told to."""
        until = time.monotonic() + pause_s
        if self._ahead and self._book is not None:
            for _ in self._book.ahead():
                await asyncio.sleep(_BREATH_S)
                if time.monotonic() >= until:
                    return
        await asyncio.sleep(max(0.0, until - time.monotonic()))

    def _take(self, rows: Sequence[StoredAgreement]) -> None:
        agreements: list[Agreement] = []
        problems: list[str] = []
        for row in rows:
            try:
                agreements.append(self._acting(row))
            except Misconfigured as wrong:
                problems += wrong.problems
        if problems:
            _LOG.error("agreements_not_acting", problems=problems)
        self._book = book_of(self._rules, agreements, problems, self._book)

    def _acting(self, row: StoredAgreement) -> Agreement:
        """Return the agreement of a row that is all it should be.

        Raises:
            Misconfigured: The row was altered, is not signed by all, or is malformed.
        """
        name = f"{row.number}/{row.revision}"
        agreement = read_document(name, row.document, self._rules.vocabulary, self._rules.catalogue)
        found = objections(row, agreement.controllers, self._controllers)
        if (agreement.number, agreement.revision) != (row.number, row.revision):
            found.append("the document is of another agreement or revision")
        if found:
            raise Misconfigured([f"{name}: {each}" for each in found])
        return agreement
