"""Fixtures that the three rooms share."""

from tests.service.storage.fixtures import clock, database, hub_database, template, tokens

__all__ = ["clock", "database", "hub_database", "template", "tokens"]
