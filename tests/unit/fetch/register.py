"""A register that remembers how it was asked, and what every fetch test needs around it."""

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from msgspec import UNSET, Struct, UnsetType

from hub.errors import Code, RegisterError
from hub.model.agreement import Agreement, LegalBasis, OnExcess, Operation, Scope, Visibility
from hub.model.caller import Caller, Client
from hub.model.catalogue import FieldId, Freshness, Manifest
from hub.model.decision import Permit
from hub.model.evidence import Ask, Facts, Order, Provenance, Subject, Window
from hub.model.personal_code import PersonalCode
from hub.ports import Reply, Residence

OPERATION = "0" * 31 + "1"
START = datetime(2026, 3, 2, 9, 30, 17, 250_000, tzinfo=UTC)
HOURLY = Freshness(ttl_s=300, negative_ttl_s=60, stale_if_error_s=3600, max_age_s=7200)
PAYMENTS = Freshness(ttl_s=60, negative_ttl_s=10, stale_if_error_s=0, max_age_s=600)
NEVER = Freshness(ttl_s=0, negative_ttl_s=0, stale_if_error_s=0, max_age_s=0)


class Loan(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Facts with every kind of value that real ones have."""

    title: str | UnsetType = UNSET
    fee: Decimal | UnsetType | None = UNSET
    due: date | UnsetType = UNSET
    noted_at: datetime | UnsetType = UNSET
    guarantor: PersonalCode | UnsetType = UNSET

    def withhold(self, granted: Collection[FieldId]) -> Self:
        return self

    def is_empty(self) -> bool:
        return self.title is UNSET


class Time:
    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Keys:
    def __init__(self, master: str = "master") -> None:
        self._master = master

    def key(self, use: str) -> bytes:
        return hashlib.sha256(f"{self._master}/{use}".encode()).digest()


class Register:
    """A library's register, in memory."""

    facts_type: type[Facts] = Loan

    def __init__(
        self,
        time: Time,
        *,
        name: str = "library",
        freshness: Freshness = HOURLY,
        cacheable: bool = True,
        deadline_s: float = 3.0,
        concurrency: int = 8,
        max_batch: int = 10_000,
    ) -> None:
        self.time = time
        self.manifest = Manifest(
            name=name,
            controller="LNB",
            controller_en="National Library",
            controller_lv="Nacionālā bibliotēka",
            source="Library system",
            freshness=freshness,
            cacheable=cacheable,
            deadline_s=deadline_s,
            concurrency=concurrency,
            max_batch=max_batch,
        )
        self.loans: dict[PersonalCode, Loan] = {}
        self.calls: list[tuple[PersonalCode, ...]] = []
        self.references: list[str] = []
        self.failure: Exception | None = None
        self.takes_s = 0.0
        self.lag_s = 0.0
        self.at_once = self.most_at_once = 0

    def lend(self, *codes: PersonalCode, title: str = "Ezera sonāte") -> None:
        for code in codes:
            self.loans[code] = Loan(
                title=title,
                fee=Decimal("1.50"),
                due=date(2026, 4, 1),
                noted_at=START,
                guarantor=person(9_000),
            )

    def columns(self, fields: Collection[FieldId]) -> frozenset[str]:
        return frozenset({"title", "due"})

    async def fetch(self, ask: Ask, codes: Sequence[PersonalCode], reference: str) -> Reply:
        self.calls.append(tuple(codes))
        self.references.append(reference)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.takes_s)
        finally:
            self.at_once -= 1
        if self.failure is not None:
            raise self.failure
        found: Mapping[PersonalCode, Facts] = {
            code: self.loans[code] for code in codes if code in self.loans
        }
        return Reply(facts=found, as_of=self.time.now() - timedelta(seconds=self.lag_s))

    def fail(self, code: Code = Code.REGISTER_UNAVAILABLE) -> None:
        self.failure = RegisterError(code)

    def recover(self) -> None:
        self.failure = None

    def merge(self, facts: Sequence[Facts]) -> Facts:
        titles = [str(each.title) for each in facts if isinstance(each, Loan)]
        return Loan(title=" + ".join(sorted(titles)))

    def present(
        self, facts: Facts, arguments: Mapping[str, Any], provenance: Provenance, today: date
    ) -> object | None:
        assert isinstance(facts, Loan)
        return Residence(
            codes=(PersonalCode(str(facts.title)),), territory="0001000", born=None, died=None
        )

    def others(self, published: object) -> Sequence[tuple[str, PersonalCode]]:
        return ()

    async def ping(self) -> None:
        return None

    async def aclose(self) -> None:
        return None


def person(number: int) -> PersonalCode:
    """Return a code from a range that is not issued; ``number`` up to 99,999."""
    return PersonalCode(f"330101-{number:05d}")


def one(number: int) -> Subject:
    return Subject(asked=person(number), codes=(person(number),))


def order(
    *subjects: Subject, register: str = "library", window: Window | None = None, wide: bool = False
) -> Order:
    columns = frozenset({"title", "due"} if wide else {"title"})
    return Order(ask=Ask(register=register, columns=columns, window=window), subjects=subjects)


def permit(
    number: str = "RSD-1",
    *,
    cache: bool = True,
    visibility: Visibility = Visibility.IMMEDIATE,
    operation_id: str = OPERATION,
) -> Permit:
    agreement = Agreement(
        number=number,
        revision=1,
        hash="",
        client="riga-social-service",
        recipient="RSD",
        recipient_en="Riga Social Service",
        recipient_lv="Rīgas Sociālais dienests",
        service="",
        purpose="",
        purpose_en="",
        purpose_lv="",
        basis=LegalBasis(article6="A6-1-e", article9=None, law=()),
        operations=frozenset({Operation.RECORD}),
        fields=frozenset(),
        scope=Scope(),
        quota=None,
        valid_from=date(2026, 1, 1),
        valid_to=None,
        window_months=None,
        hours=None,
        max_subjects=500,
        case_required=False,
        official_required=False,
        cache=cache,
        visibility=visibility,
        on_excess=OnExcess.REFUSE,
        controllers=(),
        processors=(),
    )
    client = Client(id="riga-social-service", expires_at=START + timedelta(days=1))
    return Permit(
        caller=Caller(client=client, agreement=agreement),
        policy_version="1",
        granted=frozenset(),
        residual=frozenset(),
        withheld=(),
        value_classes=frozenset(),
        operation_id=operation_id,
    )
