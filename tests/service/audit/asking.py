"""Desks over a real log, asked without a street: whose entries, under which revisions."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
from typing_extensions import override

from hub.audit.cursor import SealedCursors
from hub.audit.log import DurableLog
from hub.audit.questions import LogDesk, Names
from hub.audit.usage import UsageDesk
from hub.errors import Code
from hub.model.agreement import Agreement
from hub.model.caller import Caller, Client
from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.entry import Receipt
from hub.model.personal_code import PersonalCode
from hub.policy.revisions import KnownRevisions
from hub.ports import StoredAgreement
from hub.storage.agreements import AgreementTable
from hub.storage.database import Database
from hub.storage.log_entries import LogEntries
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import keyring
from tests.unit.audit.making import disclosure
from tests.unit.policy.given import documents, rules

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WHY = "a person asked by telephone"
_SEALED = {"ground": "law", "officer": "RBT: head", "review": "2027-01-01", "ends": None}
REVISIONS: Mapping[tuple[str, int], Mapping[str, Any]] = {
    ("RSD-2026-001", 1): {},
    ("ATD-2026-001", 1): {},  # told after thirty days
    ("ATD-2026-001", 2): {"visibility": "immediate", "visible_after_days": 0},
    ("RBT-2026-001", 1): {},  # grants data on the protection of children
    ("RBT-2026-002", 1): {},  # sealed for ever
    ("RBT-2026-002", 2): {"visibility": "immediate", "seal": None},
    ("RBT-2026-002", 3): {"seal": _SEALED | {"ends": "2026-11-19"}},
    ("RBT-2026-002", 4): {"seal": _SEALED | {"ends": "2026-11-20"}},
}
"""Revisions kept, and how they differ from what the policy folder has under this number."""


class Counting(Database):
    """Counts statements."""

    statements = 0

    @override
    async def fetch(self, code: Code, statement: str, *arguments: Any) -> Any:
        self.statements += 1
        return await super().fetch(code, statement, *arguments)


class Register:
    """A population register of tests: histories, and who acts for whom."""

    def __init__(self) -> None:
        self.histories: dict[PersonalCode, tuple[PersonalCode, ...]] = {}
        self.acting: set[tuple[PersonalCode, PersonalCode]] = set()

    async def codes_of(
        self, question: DeskQuestion, person: PersonalCode
    ) -> Collection[PersonalCode]:
        return self.histories.get(person, (person,))

    async def represented(
        self, question: DeskQuestion, holder: PersonalCode, person: PersonalCode
    ) -> Collection[PersonalCode] | None:
        return await self.codes_of(question, person) if (holder, person) in self.acting else None


class Office:
    """Everything an officer or a person may ask of one log."""

    def __init__(self, url: str, log: DurableLog) -> None:
        self.database = Counting(url)
        self.log = log
        self.register = Register()
        self.store = AgreementTable(self.database)
        given: dict[str, Any] = {
            "entries": LogEntries(self.database),
            "revisions": KnownRevisions(self.store, rules()),
            "identities": self.register,
            "cursors": SealedCursors(keyring()),
            "keyring": keyring(),
        }
        self.usages = UsageDesk(**given, clock=StillClock())
        words = rules().vocabulary
        self.questions = LogDesk(
            **given,
            names=Names(
                registers=frozenset(rules().catalogue.registers),
                purposes=frozenset(map(words.iri, words.purposes)),
                namespace=words.namespace,
            ),
        )

    async def furnish(self) -> None:
        for (number, revision), changes in REVISIONS.items():
            await self.store.add_revision(kept(number, revision, changes))

    async def look(
        self,
        *subjects: PersonalCode,
        under: tuple[str, int] = ("RSD-2026-001", 1),
        days_ago: float = 0,
        **more: Any,  # noqa: ANN401 — any attribute of the header
    ) -> Receipt:
        """Enter that somebody looked."""
        number, revision = under
        terms = msgspec.json.decode(kept(number, revision, REVISIONS[under]).document)
        header: dict[str, Any] = {
            "agreement": number,
            "revision": revision,
            "visibility": terms["visibility"],
            "recipient": terms["recipient"]["code"],
            "client": terms["client"],
            "purpose": terms["purpose"],
            "article6": terms["basis"]["article6"],
            "at": NOW - timedelta(days=days_ago, seconds=1),
            "categories": ("HEALTH",),
        }
        return await self.log.append(disclosure(*subjects, **(header | more)))

    async def usage(self, person: PersonalCode, **arguments: object) -> DeskAnswer:
        return await self.usages.usage(by_person(person, "usage", **arguments))

    async def told(self, person: PersonalCode, **arguments: object) -> list[tuple[str, datetime]]:
        """Return who looked, and when, as the person is told."""
        answer = await self.usage(person, **arguments)
        return [(use.system, use.at) for use in answer.value.rows]

    async def access_log(
        self, asked: Mapping[str, Any], *, officer: str = "DVI-2026-001", **arguments: object
    ) -> DeskAnswer:
        given = {"reason": WHY, "filter": asked} | arguments
        return await self.questions.access_log(by_officer("accessLog", officer=officer, **given))


def agreement(number: str) -> Agreement:
    return next(each.agreement for each in documents() if each.agreement.number == number)


def by_person(person: PersonalCode, root: str, **arguments: object) -> DeskQuestion:
    return _question(agreement("DVI-2026-002"), root, person, arguments)


def by_officer(root: str, *, officer: str = "DVI-2026-001", **arguments: object) -> DeskQuestion:
    return _question(agreement(officer), root, None, arguments)


def _question(
    terms: Agreement, root: str, person: PersonalCode | None, arguments: Mapping[str, Any]
) -> DeskQuestion:
    client = Client(id=terms.client, person=person, expires_at=NOW)
    return DeskQuestion(
        root=root,
        arguments=arguments,
        caller=Caller(client=client, agreement=terms),
        at=NOW,
        operation_id="0" * 32,
    )


def kept(number: str, revision: int, changes: Mapping[str, Any]) -> StoredAgreement:
    (drafted,) = (each for each in documents() if each.agreement.number == number)
    terms = msgspec.json.decode(drafted.document) | {"revision": revision} | changes
    for name in ("seal", "visible_after_days"):
        if not terms.get(name):
            terms.pop(name, None)  # as what is later is written: not at all where it is usual
    return StoredAgreement(
        number=number,
        revision=revision,
        document=msgspec.json.encode(terms, order="sorted"),
        signatures={},
        logged_hash=None,
    )


async def alter(url: str, statement: str, *arguments: object) -> None:
    """Do what only the database's owner could."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement, *arguments)
    finally:
        await connection.close()
