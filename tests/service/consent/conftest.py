"""Fixtures that the three rooms share, and this room's own."""

import pytest

from hub.app.words import published_words
from hub.consent.book import Consents
from hub.consent.desk import ConsentDesk
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.tokens import SubjectTokens
from tests.service.storage.fixtures import (
    StillClock,
    clock,
    database,
    hub_database,
    template,
    tokens,
)

__all__ = ["clock", "database", "hub_database", "template", "tokens"]


@pytest.fixture
def store(database: Database, tokens: SubjectTokens) -> ConsentTable:
    return ConsentTable(database, tokens)


@pytest.fixture
def consents(store: ConsentTable, clock: StillClock) -> Consents:
    return Consents(store, clock)


@pytest.fixture
def desk(store: ConsentTable, clock: StillClock) -> ConsentDesk:
    return ConsentDesk(store, clock, published_words(None), via="portal")
