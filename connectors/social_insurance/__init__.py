"""Social insurance: VSAA's information system (SAIS)."""

from connectors.social_insurance.facts import SocialInsuranceFacts
from connectors.social_insurance.mapping import others, present
from connectors.social_insurance.needs import NEEDS, PRESENCE
from connectors.social_insurance.source import RECORD
from connectors.transports.sql import SqlConnector, SqlRegister
from hub.model.catalogue import Freshness, Manifest
from hub.ports import Clock, Connector, RegisterConfig

MANIFEST = Manifest(
    name="socialInsurance",
    controller="VSAA",
    controller_en="State Social Insurance Agency",
    controller_lv="Valsts sociālās apdrošināšanas aģentūra",
    source="SAIS",
    title_en="Social insurance administration information system",
    title_lv="Sociālās apdrošināšanas informācijas sistēma",
    freshness=Freshness(ttl_s=900, negative_ttl_s=900, stale_if_error_s=14_400, max_age_s=14_400),
    deadline_s=4.0,
    windowed=True,
)
_REGISTER = SqlRegister(
    manifest=MANIFEST,
    facts=SocialInsuranceFacts,
    record=RECORD,
    present=present,
    needs=NEEDS,
    presence=PRESENCE,
    others=others,
)


def connect(config: RegisterConfig, clock: Clock) -> Connector:
    """Return a connector to SAIS; nothing is sent yet."""
    return SqlConnector(_REGISTER, config, clock)
