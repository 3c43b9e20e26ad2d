"""Example questions: README, GraphiQL's tabs and the demo's curl lines are these."""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import yaml

from hub.sandbox.people.personas import personas


class Example(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One question, by whom, under what, about whom.

    Attributes:
        key: ``answered``, ``refused``, ``partial``, ``batch``, ``case``, ``looked``, ``search``.
        title, about: One word, and one sentence, by language.
        query: GraphQL text. ``personas``: keys of the persons asked about.
        given: Further variables.
    """

    key: str
    title: dict[str, str]
    about: dict[str, str]
    client: str
    agreement: str
    query: str
    personas: list[str] = []
    given: dict[str, Any] = {}
    case: str | None = None
    official: str | None = None


@cache
def questions() -> tuple[Example, ...]:
    """Return the examples in the order they are shown."""
    text = (files("hub.sandbox") / "examples.yaml").read_text()
    return tuple(msgspec.convert(yaml.safe_load(text), list[Example]))


def variables(example: Example) -> dict[str, Any]:
    """Return the variables of an example: one code, or a list of them."""
    codes = {each.key: each.code for each in personas()}
    asked = [codes[key] for key in example.personas]
    if not asked:
        return dict(example.given)
    single = "$personalCode:" in example.query
    return {"personalCode": asked[0]} if single else {"personalCodes": asked}


def examples() -> list[dict[str, Any]]:
    """Return the examples as GraphiQL's page reads them."""
    return [
        {
            "title": each.title,
            "about": each.about,
            "client": each.client,
            "agreement": each.agreement,
            "case": each.case,
            "official": each.official,
            "query": each.query,
            "variables": variables(each),
        }
        for each in questions()
    ]
