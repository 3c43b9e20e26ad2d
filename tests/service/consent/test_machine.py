"""Consent as a state machine: a model and PostgreSQL agree after any sequence of words."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hub.app.words import published_words
from hub.consent.book import Consents
from hub.consent.desk import ConsentDesk, Voice
from hub.consent.states import state_of
from hub.errors import BadRequest
from hub.model.consent import ConsentState
from hub.model.stop import Decided, StopKind
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.tokens import SubjectTokens
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, code, keyring
from tests.unit.consent.making import adults, agreement, child, permit, relation

Result = TypeVar("Result")
PEOPLE = [code(number) for number in range(3)]
AGREEMENTS = [agreement(), agreement(number="SKV-2026-009", purpose="https://example.lv/p#2")]
PERSON, UNDER = st.sampled_from(range(3)), st.sampled_from(range(2))


MOTHER, FATHER = code(8), code(9)
SPEAKERS = [*PEOPLE[:1], MOTHER, FATHER]
"""Of the first, who is a child: the child, and both parents. The others speak for themselves."""
HOME = adults(PEOPLE) | {
    PEOPLE[0]: child(PEOPLE[0], relation(MOTHER), relation(FATHER)),
}
DECIDED = Decided(
    upheld=False,
    reason="grounds that are compelling",
    institution="X",
    officer="officer",
    told_at=datetime(2020, 1, 1, tzinfo=UTC),
)


class Words(RuleBasedStateMachine):
    """Keeps beside PostgreSQL: each speaker's last word, and which stops are on."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.clock = StillClock()
        self.database = Database(self.url)
        store = ConsentTable(self.database, SubjectTokens(keyring()))
        self.desk, self.book = (
            ConsentDesk(store, self.clock, published_words(None)),
            Consents(store, self.clock),
        )
        self.words: dict[tuple[int, int, int], tuple[bool, datetime | None]] = {}
        self.revisions: dict[str, int] = {}
        self.stops: set[tuple[int, StopKind, int | None]] = set()
        for person in PEOPLE:
            for record in self.run(self.desk.show(person)).records:
                if not state_of(record, self.clock.now()).closes:
                    self.run(self.desk.close(person, record.id, ConsentState.INVALIDATED))
            for kind in StopKind:
                for purpose in (None, *(under.purpose for under in AGREEMENTS)):
                    self.run(self.desk.lift(person, kind, purpose=purpose))

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run(coroutine)

    def voice(self, person: int, speaker: int) -> tuple[int, Voice]:
        """Return who speaks: of a grown-up person, always the person."""
        if person or not speaker:
            return 0, Voice()
        return speaker, Voice(speaker=SPEAKERS[speaker], capacity="PARENT")

    @rule(person=PERSON, by=PERSON, under=UNDER, hours=st.sampled_from([None, 1, 5]))
    def give(self, person: int, by: int, under: int, hours: int | None) -> None:
        by, voice = self.voice(person, by)
        expires_at = None if hours is None else self.clock.now() + timedelta(hours=hours)
        self.run(
            self.desk.give(PEOPLE[person], AGREEMENTS[under], expires_at=expires_at, voice=voice)
        )
        self.words[person, under, by] = True, expires_at

    @rule(person=PERSON, by=PERSON, under=UNDER)
    def refuse(self, person: int, by: int, under: int) -> None:
        by, voice = self.voice(person, by)
        given, _ = self.words.get((person, under, by), (False, None))
        try:
            self.run(self.desk.refuse(PEOPLE[person], AGREEMENTS[under], voice=voice))
        except BadRequest:
            assert given
        else:
            assert not given
            self.words[person, under, by] = False, None

    @rule(person=PERSON, by=PERSON, under=UNDER)
    def withdraw(self, person: int, by: int, under: int) -> None:
        by, voice = self.voice(person, by)
        standing = {
            who for (p, u, who), (yes, _) in self.words.items() if yes and (p, u) == (person, under)
        }
        own = self.words.get((person, under, by))
        changes = by in standing or (bool(standing) and (own is None or own[0]))
        ended = self.run(self.desk.withdraw(PEOPLE[person], AGREEMENTS[under].number, voice=voice))
        assert bool(ended) is changes
        if changes:
            self.words[person, under, by] = False, None

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

    @rule(
        person=PERSON,
        kind=st.sampled_from(StopKind),
        under=st.sampled_from([None, 0, 1]),
        upheld=st.booleans(),
    )
    def decide(self, person: int, kind: StopKind, under: int | None, *, upheld: bool) -> None:
        purpose = None if under is None else AGREEMENTS[under].purpose
        decided = replace(DECIDED, upheld=upheld)
        found = self.run(self.desk.decide(PEOPLE[person], kind, purpose, decided))
        assert found is ((person, kind, under) in self.stops)
        if not upheld:
            self.stops.discard((person, kind, under))

    def consents(self, person: int, under: int) -> bool:
        """Tell what the model says: a no of anybody denies; a child's own yes counts nothing."""
        now = self.clock.now()
        said = {who: word for (p, u, who), word in self.words.items() if (p, u) == (person, under)}
        if any(not yes for yes, _ in said.values()):
            return False
        return any(end is None or end > now for who, (_, end) in said.items() if who or person)

    @invariant()
    def both_say_the_same(self) -> None:
        for place, under in enumerate(AGREEMENTS):
            told = self.run(self.book.settle(permit(under), PEOPLE, HOME))
            consenting = {PEOPLE[person] for person in range(3) if self.consents(person, place)}
            stopped = {PEOPLE[person] for person, _, which in self.stops if which in {None, place}}
            assert set(told.records) == consenting
            assert told.restricted == stopped

    @invariant()
    def histories_say_it_too(self) -> None:
        for person in range(3):
            file = self.run(self.desk.show(PEOPLE[person]))
            for record in file.records:
                assert [event.revision for event in record.events] == [
                    *range(1, len(record.events) + 1)
                ]
                # what was said stays: a record only grows
                assert record.revision >= self.revisions.get(record.id, 0)
                self.revisions[record.id] = record.revision
            on = {(stop.kind, stop.purpose) for stop in file.stops if stop.state.stops}
            assert len(on) == len([stop for stop in self.stops if stop[0] == person])

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
