"""A hub whose planner cannot be trusted starts all the same, says so, and answers."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql.execution.collect_fields import collect_subfields
from structlog.testing import capture_logs

from hub.cli.estate import settings_of
from hub.plan import tree
from tests.journey.test_planner_engines import EVERYTHING, moved, shown
from tests.journey.town import Town

HONEST = collect_subfields


def forgetful(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 — graphql-core's
    """Lose the last response name of every selection that has two."""
    found = HONEST(*arguments, **named)
    grouped = dict(found.grouped_field_set)
    if len(grouped) > 1:
        grouped.popitem()
    return found._replace(grouped_field_set=grouped)


def failing(*_: Any, **__: Any) -> Any:  # noqa: ANN401 — graphql-core's
    """Take other arguments than before."""
    message = "collect_fields() takes 4 positional arguments but 5 were given"
    raise TypeError(message)


@pytest.fixture(params=[forgetful, failing], ids=["forgetful", "failing"])
def distrusted(
    request: pytest.FixtureRequest, furnished: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Town, list[Any]]]:
    name = "collect_subfields" if request.param is forgetful else "collect_fields"
    town = Town(furnished, replace(settings_of(furnished), port=0))
    with ExitStack() as stack:
        with capture_logs() as lines, monkeypatch.context() as patched:
            patched.setattr(tree, name, request.param)
            stack.enter_context(town.served())
        yield town, [*lines]


def test_a_planner_that_differs_is_off_and_the_hub_answers_without(
    town: Town, distrusted: tuple[Town, list[Any]]
) -> None:
    other, lines = distrusted
    (line,) = [each for each in lines if each["event"] == "planner_off"]
    assert line["log_level"] == "error"
    assert line["cases"]
    answers = []
    for each in (town, other):
        each.forget()
        answers.append(EVERYTHING.ask(each))
    assert answers[0].status_code == 200
    assert shown(answers[0], exact=False) == shown(answers[1], exact=False)
    assert moved(other, lambda: EVERYTHING.ask(other)) == {"planned": 0, "fallback": 1}


def test_a_planner_turned_off_is_said_once_and_is_no_error(furnished: Path) -> None:
    town = Town(furnished, replace(settings_of(furnished), port=0, planner=False))
    with capture_logs() as lines, town.served():
        found = [each for each in lines if each["event"] == "planner_off"]
        assert [each["log_level"] for each in found] == ["warning"]
        assert moved(town, lambda: EVERYTHING.ask(town)) == {"planned": 0, "fallback": 1}
