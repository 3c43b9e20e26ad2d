"""README's questions, asked of the sandbox's own hub and compared with what README prints.

The rule of comparison: days, instants, and what a receipt consists of are those of the day README
was written, so each is compared by its form alone. All else must be equal.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hub.cli.banner import curl
from hub.cli.examples import Example, questions, variables
from tests.journey.town import Town

PAGE = (Path(__file__).parents[2] / "README.md").read_text()
PAIRS = re.findall(r"```graphql\n(.*?)```.*?```json\n(.*?)```", PAGE, re.DOTALL)
SHOWN = {"answered": 200, "refused": 403, "partial": 200}
_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "an instant"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "a day"),
    (re.compile(r"[0-9a-f]{32}"), "a receipt's id"),
    (re.compile(r"[0-9a-f]{64}"), "a receipt's commitment"),
    (
        re.compile(r"\S+/log/\d{4}/receipt\n\w{32}\n\w{64}\n\S+Z\n\n— \S+/log/\d{4} \S+\n"),
        "a receipt's promise",
    ),
)


def formed(value: Any) -> Any:  # noqa: ANN401 — JSON
    """Put its form in place of every value that varies from day to day."""
    if isinstance(value, dict):
        return {name: formed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [formed(each) for each in value]
    if isinstance(value, str):
        return next((form for varying, form in _VARYING if varying.fullmatch(value)), value)
    return value


def example(query: str) -> Example:
    return next(each for each in questions() if each.query.split() == query.split())


def test_readme_shows_the_sandboxs_own_examples_in_their_order() -> None:
    assert [example(query).key for query, _ in PAIRS] == list(SHOWN)


@pytest.mark.parametrize(("query", "answer"), PAIRS, ids=list(SHOWN))
def test_readme_prints_what_is_answered(town: Town, query: str, answer: str) -> None:
    asked = example(query)
    sent = json.dumps(variables(asked))
    assert asked.key == "refused" or sent in PAGE
    assert asked.client in PAGE
    assert asked.agreement in PAGE
    response = town.ask(query, variables(asked), client=asked.client, agreement=asked.agreement)
    assert response.status_code == SHOWN[asked.key]
    assert formed(response.json()) == formed(json.loads(answer))


def test_what_varies_is_compared_by_its_form_and_nothing_else_is() -> None:
    shown = {"asOf": "2026-01-01T00:00:00+00:00", "forMonth": "2026-01-01", "net": "50.00"}
    assert formed(shown) == {"asOf": "an instant", "forMonth": "a day", "net": "50.00"}
    assert formed({"personalCode": "140379-00019", "n": 1}) == {
        "personalCode": "140379-00019",
        "n": 1,
    }


def test_the_line_to_paste_is_the_demos() -> None:
    answered = next(each for each in questions() if each.key == "answered")
    assert curl(answered, "http://127.0.0.1:8000") in PAGE


def test_the_two_commands_are_there() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text()
    for target in ("demo", "test", "help"):
        assert f"make {target}" in PAGE
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
