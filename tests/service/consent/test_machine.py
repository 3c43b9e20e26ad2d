"""Consent as a state machine: a model and PostgreSQL agree after any sequence of words."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hub.consent.book import Consents
from hub.consent.desk import ConsentDesk
from hub.consent.states import state_of
from hub.model.stop import StopKind
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.tokens import SubjectTokens
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, code, keyring
from tests.unit.consent.making import adults, agreement, permit

Result = TypeVar("Result")
PEOPLE = [code(number) for number in range(3)]
AGREEMENTS = [agreement(), agreement(number="SKV-2026-009", purpose="https://example.lv/p#2")]
PERSON, UNDER = st.sampled_from(range(3)), st.sampled_from(range(2))


class Words(RuleBasedStateMachine):
    """Keeps beside PostgreSQL: when each consent ends, and which stops are on."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.clock = StillClock()
        self.database = Database(self.url)
        store = ConsentTable(self.database, SubjectTokens(keyring()))
        self.desk, self.book = ConsentDesk(store, self.clock), Consents(store, self.clock)
        self.given: dict[tuple[int, int], datetime | None] = {}
        self.stops: set[tuple[int, StopKind, int | None]] = set()
        for person in PEOPLE:
            for under in AGREEMENTS:
                self.run(self.desk.withdraw(person, under.number))
            for kind in StopKind:
                for purpose in (None, *(under.purpose for under in AGREEMENTS)):
                    self.run(self.desk.lift(person, kind, purpose=purpose))

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run(coroutine)

    @rule(person=PERSON, under=UNDER, hours=st.sampled_from([None, 1, 5]))
    def give(self, person: int, under: int, hours: int | None) -> None:
        expires_at = hours and self.clock.now() + timedelta(hours=hours)
        self.run(self.desk.give(PEOPLE[person], AGREEMENTS[under], expires_at=expires_at or None))
        self.given[person, under] = expires_at or None

    @rule(person=PERSON, under=UNDER)
    def withdraw(self, person: int, under: int) -> None:
        ended = self.run(self.desk.withdraw(PEOPLE[person], AGREEMENTS[under].number))
        assert bool(ended) is ((person, under) in self.given)
        self.given.pop((person, under), None)

    @rule(hours=st.sampled_from([1, 3]))
    def wait(self, hours: int) -> None:
        self.clock.at += timedelta(hours=hours)

    @rule(person=PERSON)
    def restrict(self, person: int) -> None:
        self.run(self.desk.restrict(PEOPLE[person]))
        self.stops.add((person, StopKind.RESTRICTION, None))

    @rule(person=PERSON, under=st.sampled_from([None, 0, 1]))
    def object(self, person: int, under: int | None) -> None:
        purpose = None if under is None else AGREEMENTS[under].purpose
        self.run(self.desk.object(PEOPLE[person], purpose=purpose))
        self.stops.add((person, StopKind.OBJECTION, under))

    @rule(person=PERSON, kind=st.sampled_from(StopKind), under=st.sampled_from([None, 0, 1]))
    def lift(self, person: int, kind: StopKind, under: int | None) -> None:
        purpose = None if under is None else AGREEMENTS[under].purpose
        lifted = self.run(self.desk.lift(PEOPLE[person], kind, purpose=purpose))
        assert lifted is ((person, kind, under) in self.stops)
        self.stops.discard((person, kind, under))

    @invariant()
    def both_say_the_same(self) -> None:
        now = self.clock.now()
        for place, under in enumerate(AGREEMENTS):
            told = self.run(self.book.settle(permit(under), PEOPLE, adults(PEOPLE)))
            consenting = {
                PEOPLE[person]
                for (person, which), end in self.given.items()
                if which == place and (end is None or end > now)
            }
            stopped = {PEOPLE[person] for person, _, which in self.stops if which in {None, place}}
            assert set(told.records) == consenting
            assert told.restricted == stopped

    @invariant()
    def histories_say_it_too(self) -> None:
        for person in range(3):
            file = self.run(self.desk.show(PEOPLE[person]))
            standing = [r for r in file.records if state_of(r, self.clock.now()).permits]
            told = {self.place(record.terms.agreement) for record in standing}
            assert len(standing) == len(told)
            assert told <= {under for who, under in self.given if who == person}
            on = {(stop.kind, stop.purpose) for stop in file.stops if stop.lifted_at is None}
            assert len(on) == len([stop for stop in self.stops if stop[0] == person])

    def place(self, number: str) -> int:
        return [under.number for under in AGREEMENTS].index(number)

    def teardown(self) -> None:
        self.run(self.database.aclose())
        self.loop.close()


@pytest.mark.slow
def test_model_and_postgres_agree(hub_database: HubDatabase) -> None:
    Words.url = hub_database.url
    run_state_machine_as_test(
        Words,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[*HealthCheck],
        ),
    )
