"""Invariant 4: withdrawal, restriction and objection bind the next request in every replica."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from bench.consent import Scene, withdrawals
from hub.app import publication
from hub.app.clock import SystemClock
from hub.cli.estate import estate_of
from hub.cli.reading import kept_book
from hub.model.personal_code import PersonalCode
from tests.journey.test_consents import NGO, ask, hub, missing
from tests.journey.test_portal_consents import GIVE, OBJECT, WITHDRAW, WITHDRAW_OBJECTION, Portal
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


RIGA = {"client": "riga-social-service", "agreement": "RSD-2026-001"}


@pytest.fixture
def marta(town: Town) -> Iterator[str]:
    """A child with two parents, of whom nothing is left standing."""
    code = PERSONAS["marta"]
    yield code
    for parent in ("ilze", "andris"):
        hub(town, "consent", "withdraw", code, NGO, "--by", PERSONAS[parent])


def test_the_no_of_the_other_parent_binds_the_next_request_of_a_warm_replica(
    town: Town, replica: Town, marta: str
) -> None:
    portal = Portal(town)
    portal.told("ilze", GIVE, number=NGO, person=marta)
    for each in (town, replica):
        for _ in range(3):
            assert ask(each, marta)["absences"] != missing("NO_CONSENT")
        each.watch.clear()
    portal.told("andris", WITHDRAW, number=NGO, person=marta)
    for each in (replica, town):
        assert ask(each, marta)["absences"] == missing("NO_CONSENT")
        assert each.watch.published() == []
    portal.told("andris", GIVE, number=NGO, person=marta)
    for each in (replica, town):
        assert ask(each, marta)["absences"] != missing("NO_CONSENT")


def test_an_objection_said_in_the_portal_stops_what_a_replica_recalls(
    town: Town, replica: Town
) -> None:
    """Asked again and again, an answer is recalled, and neither is anybody settled (0903)."""
    portal, vija = Portal(town), PERSONAS["vija"]
    try:
        for each in (town, replica):
            for _ in range(6):
                assert ask(each, vija, **RIGA)["absences"] == missing("NO_RECORD")
            each.watch.clear()
        portal.told("vija", OBJECT, number=RIGA["agreement"])
        for each in (replica, town, replica, town):
            assert ask(each, vija, **RIGA)["absences"] == missing("RESTRICTED")
            assert each.watch.published() == []
    finally:
        portal.told("vija", WITHDRAW_OBJECTION, number=RIGA["agreement"])
    for each in (replica, town):
        assert ask(each, vija, **RIGA)["absences"] == missing("NO_RECORD")


@pytest.mark.slow
def test_no_entry_is_committed_after_the_withdrawal_while_two_replicas_are_asked(
    town: Town, replica: Town
) -> None:
    """What ``bench/consent.py`` measures, without its milliseconds."""
    harijs = PersonalCode(PERSONAS["harijs"])
    book = asyncio.run(kept_book(town.settings, publication.catalogue(), SystemClock()))
    scene = Scene(
        urls=[f"{each.url}/graphql" for each in (town, replica)],
        settings=town.settings,
        owner_url=estate_of(town.data_dir).owner_url,
        agreement=book.agreements["employment-ngo"][NGO],
        person=harijs,
        token=town.token("employment-ngo"),
    )
    told = asyncio.run(withdrawals(scene, rounds=4))
    assert told.late == 0
    assert min(told.disclosed, told.cached, told.denied) > 20
    assert ask(replica, harijs)["absences"] == missing("NO_CONSENT")
