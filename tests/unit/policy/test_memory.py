"""What is remembered of rules serves nobody it was not worked out for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from hub.errors import Code, HubError, Refused, ServiceUnavailable, Several
from hub.model.agreement import Agreement, OnExcess, Operation
from hub.model.caller import Credentials
from hub.model.catalogue import FieldId
from hub.policy import headers
from hub.policy.book import Book, book_of
from hub.policy.engine import Policy, readdressed
from hub.policy.headers import read_headers
from hub.policy.memory import MOST_KEPT, LocalHour, Settled
from tests.unit.policy.given import FixedClock, agreement, caller, client, ids, naming, rules

RIGA = ZoneInfo("Europe/Riga")
STATUS = ids("employment.status")
BRANCH = ids("employment.branch")


class Shelf:
    """A book that can be swapped, and taken away."""

    def __init__(self, *agreements: Agreement) -> None:
        self.book: Book | None = book_of(rules(), agreements)

    def current(self) -> Book:
        if self.book is None:
            raise ServiceUnavailable(Code.POLICY_UNAVAILABLE)
        return self.book


def policy_of(shelf: Shelf, at: datetime | None = None) -> Policy:
    return Policy(shelf.current, FixedClock(at) if at else FixedClock())


# ---- permits -----------------------------------------------------------------------------------


def test_the_next_request_sees_the_book_that_came_in_between() -> None:
    wide = agreement(fields=STATUS | BRANCH, hash="01")
    shelf = Shelf(wide)
    policy = policy_of(shelf)
    asked = STATUS | BRANCH
    assert policy.decide(caller(wide), asked, "record").granted == asked
    narrow = replace(wide, fields=STATUS, revision=2, hash="02")
    shelf.book = book_of(rules(), [narrow])
    chosen = policy.choose(client(), naming("T-001"))
    assert chosen.agreement is narrow
    with pytest.raises(Several) as told:
        policy.decide(chosen, asked, "record")
    assert [error.details["field"] for error in told.value.errors] == sorted(BRANCH)


def test_a_new_book_with_other_rules_is_asked_even_about_the_same_agreement() -> None:
    same = agreement()
    shelf = Shelf(same)
    policy = policy_of(shelf)
    before = policy.decide(caller(same), STATUS, "record")
    edition = policy.edition()
    assert policy.edition() is edition
    shelf.book = book_of(replace(rules(), version="another"), [same])
    assert policy.edition() is not edition
    after = policy.decide(caller(same), STATUS, "record")
    assert (before.policy_version, after.policy_version) == (rules().version, "another")


def test_what_is_remembered_does_not_outlive_the_rules() -> None:
    mine = agreement(operations=frozenset({Operation.RECORD, Operation.STATUS}))
    shelf = Shelf(mine)
    policy = policy_of(shelf)
    chosen = policy.choose(client(), Credentials())
    asks: list[Any] = [
        lambda: policy.choose(client(), Credentials()),
        lambda: policy.action(chosen, STATUS),
        lambda: policy.decide(chosen, STATUS, "record"),
        lambda: policy.decisions(chosen),
        lambda: policy.agreements("tester"),
        policy.edition,
    ]
    for ask in asks:
        ask()
    shelf.book = None
    for ask in asks:
        with pytest.raises(ServiceUnavailable):
            ask()


def test_agreements_that_look_alike_share_nothing() -> None:
    """Same number, revision and hash; a forged twin still gets its own decision."""
    wide = agreement(fields=STATUS | BRANCH, hash="01")
    other = agreement(number="T-002", fields=STATUS, hash="02")
    excess = replace(other, on_excess=OnExcess.NULL, hash="03")
    barred = replace(other, operations=frozenset({Operation.STATUS}))
    policy = policy_of(Shelf(wide, other))
    asked = STATUS | BRANCH
    for _ in range(2):
        assert policy.decide(caller(wide), asked, "record").granted == asked
        with pytest.raises(Several):
            policy.decide(caller(other), asked, "record")
        assert policy.decide(caller(excess), asked, "record").granted == STATUS
        with pytest.raises(Refused) as told:
            policy.decide(caller(barred), asked, "record")
        assert told.value.code is Code.OPERATION_NOT_IN_AGREEMENT


def test_a_permit_names_its_own_caller_and_action() -> None:
    both = agreement(operations=frozenset({Operation.RECORD, Operation.STATUS}))
    policy = policy_of(Shelf(both))
    first, second = caller(both, case="A-1"), caller(both, case="B-2")
    assert policy.decide(first, STATUS, "record").caller is first
    assert policy.decide(second, STATUS, "record").caller is second
    with pytest.raises(Refused):
        policy.decide(first, STATUS, "changes")


def test_a_permit_is_readdressed_within_its_agreement_alone() -> None:
    mine, other = agreement(), agreement(fields=STATUS | BRANCH)
    permit = policy_of(Shelf(mine)).decide(caller(mine), STATUS, "record")
    second = caller(mine, case="B-2")
    assert readdressed(permit, second, "1") == structs.replace(
        permit, caller=second, operation_id="1"
    )
    for stranger in (caller(other), caller(replace(mine))):
        with pytest.raises(ValueError, match="agreement"):
            readdressed(permit, stranger, "1")


def test_each_refusal_is_a_new_error() -> None:
    mine = agreement()
    policy = policy_of(Shelf(mine))

    def refusal() -> HubError:
        with pytest.raises(Several) as told:
            policy.decide(caller(mine), BRANCH, "record")
        return told.value

    first, second = refusal(), refusal()
    assert first is not second
    assert first.extensions() == second.extensions()


FIELDS = st.frozensets(
    st.sampled_from(["employment.status", "employment.branch", "disability.group", "nowhere"]),
    min_size=1,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(FIELDS, st.integers(0, 2), st.sampled_from(["record", "status"]))))
def test_a_policy_that_remembers_says_what_one_that_does_not_says(
    questions: list[tuple[frozenset[str], int, str]],
) -> None:
    both = frozenset({Operation.RECORD, Operation.STATUS})
    agreements = [
        agreement(number="T-001", operations=both, hash="01"),
        agreement(number="T-002", fields=STATUS | BRANCH, hash="02"),
        agreement(number="T-003", operations=both, on_excess=OnExcess.NULL, hash="03"),
    ]
    shelf = Shelf(*agreements)
    remembering = policy_of(shelf)
    for paths, place, action in questions:
        by, asked = caller(agreements[place]), ids(*paths)
        fresh = policy_of(shelf)
        assert remembering.action(by, asked) == fresh.action(by, asked)
        assert _told(remembering, by, asked, action) == _told(fresh, by, asked, action)
        assert remembering.decisions(by) == fresh.decisions(by)


def _told(policy: Policy, by: Any, asked: frozenset[FieldId], action: str) -> object:  # noqa: ANN401 — a caller
    try:
        return policy.decide(by, asked, action)
    except HubError as error:
        errors = error.errors if isinstance(error, Several) else (error,)
        return [each.extensions() for each in errors]


def test_what_is_kept_is_bounded() -> None:
    mine = agreement()
    policy = policy_of(Shelf(mine))
    for number in range(MOST_KEPT + 20):
        asked = STATUS | ids(f"made.up{number}")
        policy.action(caller(mine), asked)
        with pytest.raises(Several):
            policy.decide(caller(mine), asked, "record")
    assert len(policy._rulings) == MOST_KEPT
    assert len(policy._actions) <= MOST_KEPT
    assert policy.decide(caller(mine), STATUS, "record").granted == STATUS


def test_the_oldest_goes_first_and_nothing_of_an_earlier_book_stays() -> None:
    kept: Settled[int, str] = Settled(2)
    mine, book = agreement(), object()
    for key in (1, 2, 3):
        kept.keep(book, mine, key, str(key))
    assert [kept.recall(book, mine, key) for key in (1, 2, 3)] == [None, "2", "3"]
    assert kept.recall(object(), mine, 3) is None
    assert kept.recall(book, replace(mine), 3) is None  # equal, and yet another object
    kept.keep(object(), mine, 4, "4")
    assert len(kept) == 1


# ---- headers -----------------------------------------------------------------------------------


@pytest.fixture
def forgetful() -> Iterator[None]:
    headers._asserted.cache_clear()
    yield
    headers._asserted.cache_clear()


def test_headers_remembered_are_still_told_apart(forgetful: None) -> None:
    for _ in range(2):
        assert read_headers(Credentials(case=("A-1",))).case == "A-1"
        assert read_headers(Credentials(official=("A-1",))).case is None
        code = ("161175-19997",)
        for name, sent in (
            ("Hub-Case", Credentials(case=code)),
            ("Hub-Official", Credentials(official=code)),
        ):
            with pytest.raises(HubError) as told:
                read_headers(sent)
            assert told.value.details == {"header": name}


def test_no_personal_code_and_nothing_refused_is_remembered(forgetful: None) -> None:
    for value in ("161175-19997", "x" * 65, "a b", "k/330000-00001/2"):
        with pytest.raises(HubError):
            read_headers(Credentials(case=(value,)))
    assert headers._asserted.cache_info().currsize == 0


def test_headers_remembered_are_bounded(forgetful: None) -> None:
    for number in range(headers.MOST_REMEMBERED + 10):
        read_headers(Credentials(case=(f"C-{number}",)))
    assert headers._asserted.cache_info().currsize == headers.MOST_REMEMBERED


# ---- hours -------------------------------------------------------------------------------------

INSTANTS = st.datetimes(datetime(1995, 1, 1), datetime(2040, 1, 1))  # noqa: DTZ001 — made UTC below


@given(st.lists(INSTANTS, min_size=1), st.lists(st.integers(-7200, 7200), max_size=6))
def test_the_local_hour_is_exact_whatever_was_asked_before(
    instants: list[datetime], steps: list[int]
) -> None:
    hour, asked = LocalHour(), [each.replace(tzinfo=UTC) for each in instants]
    asked += [asked[-1] + timedelta(seconds=step) for step in steps]
    for now in asked:
        local = now.astimezone(RIGA)
        at, today = hour.of(now)
        assert (at.hour, at.date(), today) == (local.hour, local.date(), local.date())


@pytest.mark.parametrize("edge", ["2026-03-29T01:00", "2026-10-25T01:00", "2026-12-31T22:00"])
def test_an_hour_begins_with_its_first_microsecond(edge: str) -> None:
    hour, at = LocalHour(), datetime.fromisoformat(edge).replace(tzinfo=UTC)
    for now in (at - timedelta(microseconds=1), at, at + timedelta(minutes=59), at):
        assert hour.of(now)[0].hour == now.astimezone(RIGA).hour
        assert hour.of(now)[1] == now.astimezone(RIGA).date()


def test_hours_and_validity_bind_at_the_boundary_of_a_running_policy() -> None:
    clock = FixedClock(datetime(2026, 6, 30, 16, 59, 59, 999_999, tzinfo=UTC))
    june = agreement(hours=(8, 20), valid_to=datetime(2026, 7, 1, tzinfo=UTC).date())
    policy = Policy(Shelf(june).current, clock)
    assert policy.choose(client(), naming("T-001"))
    for at, in_force in (
        (datetime(2026, 6, 30, 17, 0, tzinfo=UTC), False),  # 20.00 in Riga
        (datetime(2026, 7, 1, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 4, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 7, 2, 5, 0, tzinfo=UTC), False),
    ):
        clock.at = at
        if in_force:
            assert policy.choose(client(), naming("T-001"))
            continue
        with pytest.raises(Refused) as told:
            policy.choose(client(), naming("T-001"))
        assert told.value.code is Code.AGREEMENT_NOT_IN_FORCE
