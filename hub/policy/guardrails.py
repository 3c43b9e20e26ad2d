"""Guard rails: hand-written ``forbid`` rules, each with an id and a reason in both languages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cedarpy

from hub.errors import Misconfigured
from hub.model.catalogue import Catalogue
from hub.policy.likeness import entities_of
from hub.policy.vocabulary import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Rail:
    """A hand-written ``forbid`` and its reason."""

    id: str
    en: str
    lv: str


def read_rails(
    files: Sequence[tuple[str, str]], schema: cedarpy.Schema, catalogue: Catalogue
) -> dict[str, Rail]:
    """Return the guard rails of ``files`` (name, text), in that order.

    Args:
        files: Cedar policies.
        schema: What they are validated against.
        catalogue: Fields they may name; every other name is a closed list of the schema.

    Raises:
        Misconfigured: Not Cedar, not valid, no id or reason, not a ``forbid``, or no rail at all.
    """
    rails: dict[str, Rail] = {}
    for name, text in files:
        try:
            parsed = json.loads(cedarpy.policies_to_json_str(text))
        except ValueError as wrong:
            raise Misconfigured([f"{name}: {one_line(wrong)}"]) from None
        if parsed["templates"]:
            raise Misconfigured([f"{name}: a guard rail is no template"])
        for policy in parsed["staticPolicies"].values():
            rail = _rail(name, policy, catalogue)
            if rails.setdefault(rail.id, rail) is not rail:
                raise Misconfigured([f"{name}: guard rail `{rail.id}` stands twice"])
        validated(text, schema, name)
    if not rails:
        raise Misconfigured(["guardrails: there are no guard rails"])
    return rails


def _rail(name: str, policy: Mapping[str, Any], catalogue: Catalogue) -> Rail:
    notes = policy.get("annotations", {})
    missing = [f"@{word}" for word in ("id", "note_en", "note_lv") if not notes.get(word)]
    label = f"{name}: guard rail `{notes.get('id', '')}`"
    if missing:
        raise Misconfigured([f"{label} lacks {', '.join(missing)}"])
    if policy["effect"] != "forbid":
        raise Misconfigured([f"{label} must forbid; only agreements permit"])
    for kind, word in entities_of(policy):
        if kind == "Agreement":
            raise Misconfigured([f"{label} may not speak of one agreement"])
        if kind == "Field" and word not in catalogue.fields:
            hint = nearest(word, catalogue.fields)
            raise Misconfigured([f"{label} names `{word}`, which is not published{hint}"])
    return Rail(id=notes["id"], en=notes["note_en"], lv=notes["note_lv"])


def validated(text: str, schema: cedarpy.Schema, name: str) -> None:
    """Refuse policies that do not fit the schema.

    Raises:
        Misconfigured: Every validation error.
    """
    result = cedarpy.validate_policies(text, schema)
    if not result.validation_passed:
        raise Misconfigured([f"{name}: {one_line(wrong.error)}" for wrong in result.errors])


def one_line(wrong: object) -> str:
    """Return a message of Cedar's on one line."""
    return " ".join(str(wrong).split())
