"""IIS's codes and the published values they mean."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.registers.disability import (
    DisabilityCause,
    DisabilityGroup,
    DisabilityStatus,
    ExpertiseType,
    OpinionKind,
)

STATUSES: Mapping[str, DisabilityStatus] = MappingProxyType(
    {
        "NAV": DisabilityStatus.NONE,
        "PROGN": DisabilityStatus.PREDICTABLE,
        "PIEAUG": DisabilityStatus.ADULT,
        "BERNS": DisabilityStatus.CHILD,
    }
)
GROUPS: Mapping[str, DisabilityGroup] = MappingProxyType(
    {"I": DisabilityGroup.I, "II": DisabilityGroup.II, "III": DisabilityGroup.III}
)
CAUSES: Mapping[str, DisabilityCause] = MappingProxyType(
    {
        "SLIMIBA": DisabilityCause.ILLNESS,
        "BERNIBA": DisabilityCause.FROM_CHILDHOOD,
        "NELAIME": DisabilityCause.WORK_ACCIDENT,
        "AROD": DisabilityCause.OCCUPATIONAL_DISEASE,
        "DIENESTS": DisabilityCause.MILITARY_SERVICE,
        "CERNOBILA": DisabilityCause.CHERNOBYL,
    }
)
EXPERTISES: Mapping[str, ExpertiseType] = MappingProxyType(
    {
        "PIRM": ExpertiseType.FIRST,
        "ATK": ExpertiseType.REPEATED,
        "ARPUS": ExpertiseType.EXTRAORDINARY,
    }
)
OPINIONS: Mapping[str, OpinionKind] = MappingProxyType(
    {
        "KOPSANA": OpinionKind.SPECIAL_CARE,
        "AUTO": OpinionKind.CAR_ADAPTATION,
        "TRANSPORTS": OpinionKind.TRANSPORT_BENEFIT,
        "ASIST": OpinionKind.ASSISTANT,
    }
)
STATUS_RANKS: Mapping[str | None, int] = MappingProxyType(
    {"PIEAUG": 4, "BERNS": 3, "PROGN": 2, "NAV": 1}
)
GROUP_RANKS: Mapping[str | None, int] = MappingProxyType({"I": 3, "II": 2, "III": 1})
"""Of several decisions in force the greatest speaks, by status, then group (decision 0402)."""
