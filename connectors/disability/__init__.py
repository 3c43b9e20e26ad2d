"""Disability: VDEĀVK's Invaliditātes informatīvā sistēma (IIS)."""

from connectors.disability.facts import DisabilityFacts
from connectors.disability.mapping import others, present
from connectors.disability.needs import NEEDS, PRESENCE
from connectors.disability.source import RECORD
from connectors.transports.sql import SqlConnector, SqlRegister
from hub.model.catalogue import Freshness, Manifest
from hub.ports import Clock, Connector, RegisterConfig

MANIFEST = Manifest(
    name="disability",
    controller="VDEĀVK",
    controller_en="State Medical Commission for the Assessment of Health Condition and Working "
    "Ability",
    controller_lv="Veselības un darbspēju ekspertīzes ārstu valsts komisija",
    source="IIS",
    title_en="Disability information system",
    title_lv="Invaliditātes informatīvā sistēma",
    freshness=Freshness(ttl_s=3600, negative_ttl_s=3600, stale_if_error_s=86_400, max_age_s=86_400),
    deadline_s=3.0,
)
_REGISTER = SqlRegister(
    manifest=MANIFEST,
    facts=DisabilityFacts,
    record=RECORD,
    present=present,
    needs=NEEDS,
    presence=PRESENCE,
    others=others,
)


def connect(config: RegisterConfig, clock: Clock) -> Connector:
    """Return a connector to IIS; nothing is sent yet."""
    return SqlConnector(_REGISTER, config, clock)
