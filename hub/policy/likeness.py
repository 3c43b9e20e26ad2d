"""Fields that no rule can tell apart: one of them is judged, and speaks for all of them.

Cedar knows a field by its attributes, and by its name where a rule names it. A field has neither
parents nor other attributes, so swapping two that have the same attributes and that the same rules
name, in the same places, turns every rule into itself: the answer for both is the same.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

import cedarpy

from hub.model.catalogue import FieldId


def alike(
    traits: Mapping[FieldId, str], *, granted: Collection[FieldId], rails: str
) -> list[list[FieldId]]:
    """Group fields so that no rule tells two of a group apart; each stands in one group.

    Args:
        traits: Every field, and all that Cedar knows of it beside its name.
        granted: Those the one permit names, all in one list.
        rails: All other rules, as Cedar; every field named there is a group of its own.

    Raises:
        ValueError: ``rails`` is not Cedar.
    """
    alone = named(rails)
    groups: dict[tuple[str, bool, str], list[FieldId]] = {}
    for path, known in traits.items():
        name = path if path in alone else ""
        groups.setdefault((known, path in granted, name), []).append(path)
    return list(groups.values())


@lru_cache(maxsize=4)
def named(rules: str) -> frozenset[str]:
    """Return the ids of all fields that ``rules`` name.

    Raises:
        ValueError: ``rules`` is not Cedar.
    """
    parsed = json.loads(cedarpy.policies_to_json_str(rules))
    return frozenset(word for kind, word in entities_of(parsed) if kind == "Field")


def entities_of(part: object) -> Iterator[tuple[str, str]]:
    """Yield (type, id) of every entity that policies in JSON form name."""
    if isinstance(part, Mapping):
        if set(part) == {"type", "id"}:
            yield part["type"], part["id"]
        for below in part.values():
            yield from entities_of(below)
    elif isinstance(part, list):
        for below in part:
            yield from entities_of(below)
