"""Population: PMLP's register of natural persons; known to policy by its role, not published."""

from connectors.population.facts import PopulationFacts
from connectors.population.mapping import present
from connectors.population.source import KINSHIP, POLICY, RECORD
from connectors.transports.sql import SqlConnector, SqlRegister
from hub.model.catalogue import Freshness, Manifest
from hub.ports import KIN, Clock, Connector, RegisterConfig

MANIFEST = Manifest(
    name="population",
    role="population",
    controller="PMLP",
    controller_en="Office of Citizenship and Migration Affairs",
    controller_lv="Pilsonības un migrācijas lietu pārvalde",
    source="Fizisko personu reģistrs",
    title_en="Register of Natural Persons",
    title_lv="Fizisko personu reģistrs",
    freshness=Freshness(ttl_s=900, negative_ttl_s=900, stale_if_error_s=86_400, max_age_s=86_400),
    deadline_s=2.0,
)
_REGISTER = SqlRegister(
    manifest=MANIFEST,
    facts=PopulationFacts,
    record=RECORD,
    present=present,
    needs={KIN: KINSHIP},
    presence=POLICY,
)


def connect(config: RegisterConfig, clock: Clock) -> Connector:
    """Return a connector to the register of natural persons; nothing is sent yet."""
    return SqlConnector(_REGISTER, config, clock)
