"""Employment: BURVIS of the State Employment Agency (NVA)."""

from connectors.employment.facts import EmploymentFacts
from connectors.employment.mapping import present
from connectors.employment.needs import NEEDS, PRESENCE
from connectors.employment.source import RECORD
from connectors.transports.sql import SqlConnector, SqlRegister
from hub.model.catalogue import Freshness, Manifest
from hub.ports import Clock, Connector, RegisterConfig

MANIFEST = Manifest(
    name="employment",
    controller="NVA",
    controller_en="State Employment Agency",
    controller_lv="Nodarbinātības valsts aģentūra",
    source="BURVIS",
    title_en="Register of unemployed persons and vacancies",
    title_lv="Bezdarbnieku uzskaites un reģistrēto vakanču informācijas sistēma",
    freshness=Freshness(
        ttl_s=15 * 60, negative_ttl_s=15 * 60, stale_if_error_s=4 * 3600, max_age_s=24 * 3600
    ),
)

_REGISTER = SqlRegister(
    manifest=MANIFEST,
    facts=EmploymentFacts,
    record=RECORD,
    present=present,
    needs=NEEDS,
    presence=PRESENCE,
)


def connect(config: RegisterConfig, clock: Clock) -> Connector:
    """Return a connector to BURVIS; nothing is sent yet."""
    return SqlConnector(_REGISTER, config, clock)
