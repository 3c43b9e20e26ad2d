"""The published types under ordinary async resolvers."""

import asyncio
from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from bench.plain.registers import Desk
from hub.model.personal_code import PersonalCode
from hub.ports import Residence
from schemas.registers.child_protection import ChildProtection
from schemas.registers.disability import Disability
from schemas.registers.employment import Employment
from schemas.registers.social_insurance.benefit_kind import BenefitKind
from schemas.registers.social_insurance.record import SocialInsurance
from schemas.registers.vaccination import Vaccination
from schemas.scalars import SCALARS

From = Annotated[date | None, strawberry.argument(name="from")]
_DOCUMENTS = 512


@strawberry.type
class Person:
    """One person; every register answers through its loader."""

    personal_code: PersonalCode
    residence: strawberry.Private[Residence | None]

    @strawberry.field
    async def disability(self, info: Info[Desk, None], on: date | None = None) -> Disability | None:
        found: Disability | None = await self._part(info, "disability", on=on or info.context.today)
        return found

    @strawberry.field
    async def employment(self, info: Info[Desk, None], on: date | None = None) -> Employment | None:
        found: Employment | None = await self._part(info, "employment", on=on or info.context.today)
        return found

    @strawberry.field
    async def social_insurance(
        self,
        info: Info[Desk, None],
        from_: From = None,
        to: date | None = None,
        kinds: list[BenefitKind] | None = None,
    ) -> SocialInsurance | None:
        asked = {"from": from_ or date.min, "to": to or date.max, "kinds": kinds}
        found: SocialInsurance | None = await self._part(info, "socialInsurance", **asked)
        return found

    @strawberry.field
    async def vaccination(
        self, info: Info[Desk, None], from_: From = None, to: date | None = None
    ) -> Vaccination | None:
        asked = {"from": from_ or date.min, "to": to or date.max}
        found: Vaccination | None = await self._part(info, "vaccination", **asked)
        return found

    @strawberry.field
    async def child_protection(self, info: Info[Desk, None]) -> ChildProtection | None:
        found: ChildProtection | None = await self._part(info, "childProtection")
        return found

    async def _part(self, info: Info[Desk, None], register: str, **arguments: object) -> Any:  # noqa: ANN401 — the published types differ
        return await info.context.part(self.residence, info._raw_info, register, arguments)  # noqa: SLF001 — strawberry's own ``selected_fields`` rebuilds the tree at every call


@strawberry.type
class Query:
    @strawberry.field
    async def person(self, info: Info[Desk, None], personal_code: PersonalCode) -> Person:
        known = await info.context.residence(personal_code)
        return Person(personal_code=personal_code, residence=known)

    @strawberry.field
    async def persons(
        self, info: Info[Desk, None], personal_codes: list[PersonalCode]
    ) -> list[Person]:
        known = await asyncio.gather(*map(info.context.residence, personal_codes))
        people: dict[PersonalCode, Person] = {}
        for code, residence in zip(personal_codes, known, strict=True):
            current = residence.codes[0] if residence else code
            people.setdefault(current, Person(personal_code=code, residence=residence))
        return list(people.values())


def build() -> strawberry.Schema:
    """Return the schema; Strawberry's caches are given as factories, as it asks."""
    return strawberry.Schema(
        Query,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
        extensions=[
            lambda: ParserCache(maxsize=_DOCUMENTS),
            lambda: ValidationCache(maxsize=_DOCUMENTS),
        ],
    )
