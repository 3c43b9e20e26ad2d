"""Child protection: registers of the Child Protection Centre (BAC); NPAIS is not among them."""

from connectors.child_protection.facts import ChildProtectionFacts
from connectors.child_protection.mapping import others, present
from connectors.child_protection.needs import NEEDS, PRESENCE
from connectors.child_protection.source import RECORD
from connectors.transports.sql import SqlConnector, SqlRegister
from hub.model.catalogue import Freshness, Manifest
from hub.ports import Clock, Connector, RegisterConfig

MANIFEST = Manifest(
    name="childProtection",
    controller="BAC",
    controller_en="Child Protection Centre",
    controller_lv="Bērnu aizsardzības centrs",
    source="BAC IS",
    title_en="Child protection registers",
    title_lv="Bērnu aizsardzības centra informācijas sistēma",
    freshness=Freshness(ttl_s=600, negative_ttl_s=60, stale_if_error_s=0, max_age_s=600),
    deadline_s=3.0,
)
_REGISTER = SqlRegister(
    manifest=MANIFEST,
    facts=ChildProtectionFacts,
    record=RECORD,
    present=present,
    needs=NEEDS,
    presence=PRESENCE,
    others=others,
)


def connect(config: RegisterConfig, clock: Clock) -> Connector:
    """Return a connector to BAC's registers; nothing is sent yet."""
    return SqlConnector(_REGISTER, config, clock)
