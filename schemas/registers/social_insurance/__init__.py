"""Social insurance (VSAA, SAIS): what is published."""

from datetime import date
from typing import Annotated, Any

from strawberry import UNSET
from strawberry.types import Info

from schemas.field import argument
from schemas.person import Registered, answer
from schemas.registers.social_insurance.benefit_kind import BenefitKind
from schemas.registers.social_insurance.record import SocialInsurance


def _social_insurance(
    self: Any,  # noqa: ANN401 — Person is composed
    info: Info,
    from_: Annotated[
        date | None, argument("First day of the period asked for", "no", name="from")
    ] = UNSET,
    to: Annotated[date | None, argument("Last day of the period asked for", "līdz")] = UNSET,
    kinds: Annotated[
        list[BenefitKind] | None,
        argument("Only benefits of these kinds; an empty list matches none", "pakalpojumu veidi"),
    ] = UNSET,
) -> SocialInsurance | None:
    asked = {"from": from_, "to": to, "kinds": kinds}
    found: SocialInsurance | None = answer(self, info, "socialInsurance", **asked)
    return found


REGISTER = Registered(
    register="socialInsurance",
    resolver=_social_insurance,
    en="Social insurance within a period; null when the register has nothing to show",
    lv="sociālā apdrošināšana",
)
