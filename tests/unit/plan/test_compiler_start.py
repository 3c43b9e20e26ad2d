from types import SimpleNamespace
from typing import Any

import pytest
from graphql.execution.collect_fields import collect_fields
from structlog.testing import capture_logs

from hub.app.wiring import _planner
from hub.plan import tree


def settings(*, planner: bool = True) -> Any:  # noqa: ANN401 — as much of settings as is looked at
    return SimpleNamespace(planner=planner)


def test_the_planner_is_on() -> None:
    with capture_logs() as logs:
        assert _planner(settings())
    assert logs == []


def test_the_planner_is_off_where_settings_say_so() -> None:
    with capture_logs() as logs:
        assert not _planner(settings(planner=False))
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("planner_off", "warning")]


def test_the_planner_is_off_loudly_where_field_collection_is_not_what_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def backwards(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 — graphql-core's
        found = collect_fields(*arguments, **named)
        return found._replace(grouped_field_set=dict(reversed(found.grouped_field_set.items())))

    monkeypatch.setattr(tree, "collect_fields", backwards)
    with capture_logs() as logs:
        assert not _planner(settings())
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("planner_off", "error")]
    assert logs[0]["cases"]
