"""Vaccination: facts that E-veselība keeps; its controller since 2025 is LDVC."""

from connectors.transports.sql import SqlConnector, SqlRegister
from connectors.vaccination.facts import VaccinationFacts
from connectors.vaccination.mapping import present
from connectors.vaccination.needs import NEEDS, PRESENCE
from connectors.vaccination.source import RECORD
from hub.model.catalogue import Freshness, Manifest
from hub.ports import Clock, Connector, RegisterConfig

MANIFEST = Manifest(
    name="vaccination",
    controller="LDVC",
    controller_en="Latvian Digital Health Centre",
    controller_lv="SIA “Latvijas Digitālās veselības centrs”",
    source="E-veselība",
    title_en="Vaccination records of the health information system",
    title_lv="Vakcinācijas dati vienotajā veselības nozares elektroniskajā informācijas sistēmā",
    freshness=Freshness(
        ttl_s=6 * 3600, negative_ttl_s=3600, stale_if_error_s=86_400, max_age_s=86_400
    ),
    deadline_s=3.0,
)
_REGISTER = SqlRegister(
    manifest=MANIFEST,
    facts=VaccinationFacts,
    record=RECORD,
    present=present,
    needs=NEEDS,
    presence=PRESENCE,
)


def connect(config: RegisterConfig, clock: Clock) -> Connector:
    """Return a connector to E-veselība; nothing is sent yet."""
    return SqlConnector(_REGISTER, config, clock)
