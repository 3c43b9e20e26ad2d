"""A whole corridor without a socket: real policy, plans, mapping; what stores and sends is made up.

Registers hand the very same record to every agreement, which the real ones never do: whatever
then keeps two agreements apart is the corridor's own doing.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import orjson

from connectors.employment.facts import EmploymentFacts, Measure, Spell
from connectors.social_insurance.facts import (
    Benefit,
    InsurancePeriod,
    Payment,
    SocialInsuranceFacts,
)
from hub.app import publication
from hub.app.clock import RIGA
from hub.errors import HubError
from hub.model.agreement import Agreement, OnExcess
from hub.model.caller import Client, Credentials
from hub.model.catalogue import FieldId
from hub.model.decision import Consented, Permit
from hub.model.entry import Disclosure, Receipt
from hub.model.evidence import Facts, Found, Kept, Order, Outcome
from hub.model.personal_code import PersonalCode
from hub.pipeline import Engines, Preparations, Recollections, Request, Rooms, answer
from hub.plan.documents import Documents
from hub.plan.plans import Plans
from hub.policy.book import Book, book_of
from hub.policy.engine import Policy
from hub.ports import Connector, RegisterConfig, Residence
from tests.unit.policy.given import drafted, rules

ANNA, BERTA = PersonalCode("161175-19997"), PersonalCode("328673-00679")
CHILD: Final = "320000-00001"
EVENING = datetime(2026, 11, 20, 23, 50, tzinfo=RIGA)
"""Ten minutes before midnight in Rīga, which is two hours before that of UTC."""
CLIENT: Final = "sandbox-full"


@dataclass
class HeldClock:
    at: datetime = EVENING

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def today(self) -> date:
        return self.at.astimezone(RIGA).date()


def wide(number: str = "SBX-2026-001", **changes: Any) -> Agreement:  # noqa: ANN401 — any attribute of an agreement
    """The sandbox's agreement, which grants everything, with ``changes``."""
    digest = f"{number} {sorted(changes.items(), key=repr)!r}"
    return replace(drafted("SBX-2026-001"), number=number, hash=digest, **changes)


def without(*ids: str) -> frozenset[FieldId]:
    return frozenset(drafted("SBX-2026-001").fields.difference(map(FieldId, ids)))


def classless() -> frozenset[FieldId]:
    return frozenset(each for each in drafted("SBX-2026-001").fields if "#" not in each)


AGREEMENTS: Final = {
    "everything": wide(),
    "no classes": wide("SBX-2026-002", fields=classless()),
    "no branch": wide("SBX-2026-003", fields=without("employment.branch"), on_excess=OnExcess.NULL),
    "no payments": wide(
        "SBX-2026-004",
        fields=without("socialInsurance.benefits.payments.net", "employment.status"),
        on_excess=OnExcess.NULL,
    ),
    "three months": wide("SBX-2026-005", window_months=3),
}


@lru_cache
def book(*agreements: Agreement) -> Book:
    return book_of(rules(sandbox=True), agreements)


@dataclass
class Shelf:
    """What policy decides by; another book is another edition."""

    book: Book = field(default_factory=lambda: book(*AGREEMENTS.values()))

    def current(self) -> Book:
        return self.book


@lru_cache
def connectors() -> Mapping[str, Connector]:
    """Connect to nothing: only mapping is used."""
    nowhere = RegisterConfig(url="postgresql://nobody@127.0.0.1:1/nothing")
    modules = publication.connector_modules()
    return {name: modules[name].connect(nowhere, HeldClock()) for name in publication.manifests()}


def month(number: int) -> date:
    return date(2026, number, 1)


def employment(status: str = "BEZD") -> EmploymentFacts:
    """Somebody whose status ends with today, for a reason of health; a measure of one class."""
    ended = EVENING.date()
    spell = Spell(
        status=status,
        granted_on=month(2),
        granted_decided_on=month(2),
        ended_on=ended,
        ended_decided_on=ended,
        end_reason="DZ100",
        branch="Rīgas filiāle",
    )
    return EmploymentFacts(spells=(spell,), measures=(Measure(kind="10890", begins=month(3)),))


def insurance(child: str | None = CHILD.replace("-", "")) -> SocialInsuranceFacts:
    """Somebody with benefits for a child and for sickness, paid monthly; insured to this day."""
    paid = tuple(
        Payment(for_month=month(number), net=Decimal(number), gross=Decimal(number))
        for number in range(1, 12)
    )
    family = Benefit(
        kind="11682", entitlement_from=month(1), payments=paid, child_code=child,
        child_first_name="Bērns", child_last_name="Bērzs", granted_amount=Decimal(50),
    )  # fmt: skip
    sickness = Benefit(
        kind="11595", entitlement_from=month(6), entitlement_to=month(8), payments=paid[5:8],
        granted_amount=Decimal(70),
    )  # fmt: skip
    insured = InsurancePeriod(kind="DN", valid_from=month(1))
    return SocialInsuranceFacts(benefits=(family, sickness), insurance_periods=(insured,))


def kept(facts: Facts) -> Kept:
    at = EVENING - timedelta(minutes=3)
    return Kept(read=lambda: facts, as_of=at, fetched_at=at)


def people() -> dict[str, dict[PersonalCode, Outcome]]:
    return {
        "employment": {ANNA: kept(employment()), BERTA: kept(employment("DMEK"))},
        "socialInsurance": {ANNA: kept(insurance()), BERTA: kept(insurance(None))},
    }


class AtHand:
    """Registers' records of which all is at hand, the same for all agreements."""

    def __init__(self, outcomes: dict[str, dict[PersonalCode, Outcome]]) -> None:
        self.outcomes = outcomes
        self.forgotten: set[PersonalCode] = set()

    async def gather(
        self, permit: Permit, orders: Sequence[Order]
    ) -> Mapping[str, Mapping[PersonalCode, Outcome]]:
        raise AssertionError("everything is at hand")

    async def residences(
        self, permit: Permit, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence] | None:
        raise AssertionError("everybody is at hand")

    def peek(
        self, permit: Permit, orders: Sequence[Order]
    ) -> Mapping[str, Mapping[PersonalCode, Outcome]]:
        assert isinstance(permit, Permit)
        return {
            order.ask.register: {
                subject.current: self.outcomes[order.ask.register][subject.current]
                for subject in order.subjects
            }
            for order in orders
        }

    def peek_residences(
        self, permit: Permit, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence]:
        return {
            code: Residence(codes=(code,), territory="0001000", born=None, died=None)
            for code in codes
            if any(code in known for known in self.outcomes.values())
        }

    def grasp(
        self, permit: Permit, orders: Sequence[Order], code: PersonalCode
    ) -> Sequence[Any] | None:
        return [
            (each.ask.register, subject.current, self.outcomes[each.ask.register][subject.current])
            for each in orders
            for subject in each.subjects
        ]

    def still(self, permit: Permit, grasped: Sequence[Any]) -> bool:
        return all(self.outcomes[name].get(code) is outcome for name, code, outcome in grasped)

    def forget(self, permit: Permit, codes: Collection[PersonalCode]) -> None:
        self.forgotten.update(codes)

    def views(self) -> list[dict[object, object]]:
        return [
            outcome.views
            for known in self.outcomes.values()
            for outcome in known.values()
            if isinstance(outcome, Kept)
        ]


@dataclass
class Entered:
    receipt: Receipt
    early: bool = True

    async def committed(self) -> Receipt:
        return self.receipt


class Ledger:
    """Entries in memory."""

    def __init__(self) -> None:
        self.entered: list[Disclosure] = []

    async def enter(self, disclosure: Disclosure) -> Entered:
        self.entered.append(disclosure)
        return Entered(Receipt(id=disclosure.header.operation_id, commitment="0" * 64))

    async def append(self, disclosure: Disclosure) -> Receipt:
        return (await self.enter(disclosure)).receipt


class Unasked:
    """What nobody here may need."""

    async def settle(
        self, permit: Permit, subjects: Collection[PersonalCode], residences: object = None
    ) -> Consented:
        raise AssertionError("where all is at hand the log looks for restrictions")

    async def members(
        self, agreement: str, case: str | None, codes: Collection[PersonalCode]
    ) -> frozenset[PersonalCode]:
        raise AssertionError("no agreement here has a list")

    async def reserve(self, *_: object) -> None:
        raise AssertionError("no agreement here has a quota")

    async def used(self, *_: object) -> int:
        raise AssertionError("no agreement here has a quota")


class Somebody:
    """Believes every token."""

    async def identify(self, credentials: Credentials) -> Client:
        person = next(iter(credentials.authorization), None)
        return Client(
            id=CLIENT,
            expires_at=EVENING + timedelta(hours=1),
            person=PersonalCode(person) if person else None,
        )


class Alive:
    def guarded(self) -> AbstractAsyncContextManager[None]:
        @asynccontextmanager
        async def block() -> AsyncIterator[None]:
            yield

        return block()


def rooms(
    fetch: AtHand, shelf: Shelf, clock: HeldClock, *, planner: bool = True, capacity: int = 2_000
) -> Rooms:
    """Wire a corridor anew."""
    policy, unasked = Policy(shelf.current, clock), Unasked()
    schema = publication.schema()
    return Rooms(
        schema=schema,
        catalogue=publication.catalogue(),
        connectors=connectors(),
        documents=Documents(schema),
        plans=Plans(schema),
        preparations=Preparations(schema, connectors(), policy, planner=planner, capacity=capacity),
        recollections=Recollections(fetch),
        caller=Somebody(),
        policy=policy,
        scope=unasked,
        quota=unasked,
        consents=unasked,
        fetch=fetch,
        access_log=Ledger(),
        pulse=Alive(),
        clock=clock,
        engines=Engines(),
        desks={},
    )


def request(
    query: str,
    agreement: str,
    variables: Mapping[str, Any] | None = None,
    **said: Any,  # noqa: ANN401 — headers
) -> Request:
    return Request(
        query=query,
        operation_name=None,
        variables=variables or {},
        credentials=Credentials(agreement=(agreement,), **said),
    )


async def told(asked: Request, wired: Rooms) -> bytes:
    """Return what leaves: data and errors, in JSON."""
    try:
        release = await answer(asked, wired)
    except HubError as refused:
        return repr((refused.code, getattr(refused, "errors", None))).encode()
    errors = [(error.code.code, str(error.details)) for error in release.errors]
    return orjson.dumps([release.data, errors])


def untouched(outcomes: Mapping[str, Mapping[PersonalCode, Outcome]]) -> AtHand:
    """Return the same records as nobody has looked at them yet, remembering nothing."""
    return AtHand(
        {
            register: {
                code: Found(
                    facts=outcome.facts,
                    as_of=outcome.as_of,
                    fetched_at=outcome.fetched_at,
                    cached=True,
                )
                for code, outcome in known.items()
                if isinstance(outcome, Found)
            }
            for register, known in outcomes.items()
        }
    )
