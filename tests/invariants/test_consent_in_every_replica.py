"""Invariant 4: withdrawal, restriction and objection bind the next request in every replica."""

import time
from collections.abc import Iterator

import pytest

from tests.journey.test_consents import NGO, ask, hub, missing
from tests.journey.town import PERSONAS, Town


@pytest.fixture
def harijs(town: Town) -> Iterator[str]:
    code = PERSONAS["harijs"]
    hub(town, "consent", "give", code, NGO)
    yield code
    hub(town, "consent", "withdraw", code, NGO)
    hub(town, "consent", "stop", code, "restriction", "--lift")


def warm(*replicas: Town) -> None:
    """Ask until each replica answers from the cache."""
    deadline = time.monotonic() + 5
    for each in replicas:
        while not ask(each, PERSONAS["harijs"])["employment"]["provenance"]["cached"]:
            assert time.monotonic() < deadline
        each.watch.clear()


def test_withdrawal_binds_the_next_request_of_a_warm_replica(
    town: Town, replica: Town, harijs: str
) -> None:
    warm(town, replica)
    hub(town, "consent", "withdraw", harijs, NGO)
    for each in (replica, town):
        told = ask(each, harijs)
        assert told["employment"] is None
        assert told["absences"] == missing("NO_CONSENT")
        assert each.watch.published() == []


def test_restriction_binds_the_next_request_of_a_warm_replica(
    town: Town, replica: Town, harijs: str
) -> None:
    warm(town, replica)
    hub(town, "consent", "stop", harijs, "restriction")
    for each in (replica, town):
        assert ask(each, harijs)["absences"] == missing("RESTRICTED")
        assert each.watch.published() == []
    hub(town, "consent", "stop", harijs, "restriction", "--lift")
    assert ask(replica, harijs)["employment"]["status"] == "NONE"
