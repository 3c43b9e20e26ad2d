"""The relation itself: what it takes for agreement, and what it does not."""

import pytest

from tests.differential.reference import Outcome, Path, Told
from tests.differential.relation import disagreements, exactly, null_of

NULLED = {"p": {"a": None, "b": [None, {"c": 1}]}}


def error(*path: str | int, message: str = "m", at: int = 1) -> Told:
    return Told(path, message, ((at, 1),))


def wrong(
    theirs: list[Told],
    ours: list[Told],
    *,
    withheld: frozenset[tuple[str, ...]] = frozenset(),
    possible: bool = True,
) -> bool:
    reference = Outcome(NULLED, tuple(theirs), withheld)
    return bool(disagreements(reference, Outcome(NULLED, tuple(ours)), lambda _: possible))


def test_data_agree_by_text() -> None:
    def differ(one: object, other: object) -> bool:
        return bool(disagreements(Outcome(one, ()), Outcome(other, ()), lambda _: True))  # type: ignore[arg-type]

    assert not differ({"a": 1, "b": [1.5]}, {"a": 1, "b": [1.5]})
    assert differ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert differ({"a": 1}, {"a": 1.0})
    assert differ({"a": True}, {"a": 1})
    assert differ({"a": None}, {})
    assert differ(None, {})


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("p", "a"), ("p", "a")),
        (("p", "a", "x", 0), ("p", "a")),
        (("p", "b", 0, "c"), ("p", "b", 0)),
        (("p", "b", 1, "c"), None),
        (("p", "b", 7), None),
        (("p", "nowhere"), None),
        (("p",), None),
        (None, None),
    ],
)
def test_where_an_error_leads(path: Path | None, place: Path | None) -> None:
    assert null_of(NULLED, path) == place


def test_no_data_are_one_null() -> None:
    assert null_of(None, ("a", "b")) == ()
    assert null_of(None, None) == ()


def test_an_error_at_its_own_place_is_told_alike() -> None:
    assert not wrong([error("p", "a")], [error("p", "a")])
    assert wrong([error("p", "a")], [])
    assert wrong([], [error("p", "a")])
    assert wrong([error("p", "a")], [error("p", "a", message="other")])
    assert wrong([error("p", "a")], [error("p", "a", at=2)])
    assert wrong([error("p", "a")], [error("p", "a", "x")])


def test_below_a_null_one_error_stands_for_another() -> None:
    assert not wrong([error("p", "a", "x")], [error("p", "a", "y")])
    assert not wrong([error("p", "a", "x"), error("p", "a", "y")], [error("p", "a", "y")])
    assert wrong([error("p", "a", "x")], [])
    assert wrong([], [error("p", "a", "x")])


def test_an_error_that_graphql_core_never_tells_is_none() -> None:
    assert wrong([error("p", "a", "x")], [error("p", "a", "y")], possible=False)
    assert not wrong([error("p", "a", "x")], [error("p", "a", "x")], possible=False)


def test_an_error_leads_to_a_null() -> None:
    assert wrong([error("p", "b", 1, "c")], [error("p", "b", 1, "c")])


def test_an_error_is_told_once() -> None:
    assert wrong([error("p", "a", "x")], [error("p", "a", "x"), error("p", "a", "x")])


def test_below_what_was_denied_errors_may_be_left_out() -> None:
    denied = frozenset({("p", "a")})
    assert not wrong([error("p", "a", "x")], [], withheld=denied)
    assert not wrong([error("p", "a")], [], withheld=denied)
    assert wrong([error("p", "b", 0)], [], withheld=denied)
    assert wrong([], [error("p", "a", "x")], withheld=denied, possible=False)
    assert not wrong([error("p", "b", 0)], [], withheld=frozenset({("p", "b")}))


def test_exactly_is_sharper_than_agreement() -> None:
    def differ(
        one: list[Told], other: list[Told], withheld: frozenset[tuple[str, ...]] = frozenset()
    ) -> bool:
        reference = Outcome(NULLED, tuple(one), withheld)
        return bool(exactly(reference, Outcome(NULLED, tuple(other))))

    first, second = error("p", "a", "x"), error("p", "b", 0)
    assert not differ([first, second], [first, second])
    assert differ([first, second], [second, first])
    assert differ([first], [error("p", "a", "y")])
    assert not differ([first, second], [second], frozenset({("p", "a")}))
