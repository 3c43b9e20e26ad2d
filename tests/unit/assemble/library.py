"""A connector of the made-up library, for tests of assembly."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from hub.model.catalogue import FieldId, Manifest
from hub.model.evidence import Ask, Facts, Provenance
from hub.model.personal_code import PersonalCode
from hub.ports import Reply
from schemas.provenance import Provenance as PublishedProvenance
from tests.unit.plan.schema import MANIFEST, Library, Loan, LoanKind


class LoanFacts(msgspec.Struct, frozen=True):
    kind: str
    fee: int
    lender: str | None = None


class LibraryFacts(msgspec.Struct, frozen=True):
    card: str | None = None
    loans: tuple[LoanFacts, ...] = ()

    def withhold(self, granted: Collection[FieldId]) -> "LibraryFacts":
        if FieldId("library.loans#HEALTH") in granted:
            return self
        kept = tuple(loan for loan in self.loans if loan.kind != "CURE")
        return msgspec.structs.replace(self, loans=kept)

    def is_empty(self) -> bool:
        return self.card is None and not self.loans


class LibraryConnector:
    """Presents facts; fetching is not its business here."""

    @property
    def manifest(self) -> Manifest:
        return MANIFEST

    @property
    def facts_type(self) -> type[Facts]:
        return LibraryFacts

    def columns(self, fields: Collection[FieldId]) -> frozenset[str]:
        return frozenset(fields)

    async def fetch(self, ask: Ask, codes: Sequence[PersonalCode], reference: str) -> Reply:
        raise NotImplementedError

    def merge(self, facts: Sequence[Facts]) -> Facts:
        return facts[0]

    def present(
        self, facts: Facts, arguments: Mapping[str, Any], provenance: Provenance, today: date
    ) -> object | None:
        assert isinstance(facts, LibraryFacts)
        on = arguments["on"] or today
        if on < today - timedelta(days=365):
            return None
        shown = Library(
            card=facts.card,
            loans=[
                Loan(kind=LoanKind[each.kind], since=None, fee=each.fee) for each in facts.loans
            ],
            provenance=PublishedProvenance.of(provenance),
        )
        shown.lenders = [each.lender for each in facts.loans if each.lender]  # type: ignore[attr-defined]
        return shown

    def others(self, published: object) -> Sequence[tuple[str, PersonalCode]]:
        return [("loans", PersonalCode(each)) for each in published.lenders]  # type: ignore[attr-defined]

    async def ping(self) -> None:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError
