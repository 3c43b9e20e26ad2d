"""Cedar: the rules of this hub, and its judgement of every field.

Three traps of the engine are closed here, each with a test: policies act only when they validate
against the schema; every name a rule may use is a closed list or checked against the catalogue;
and a rule that errs, which Cedar alone would skip, denies.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

import cedarpy

from hub.errors import Misconfigured
from hub.model.agreement import Agreement, Operation
from hub.model.catalogue import Catalogue, Field, FieldId
from hub.policy.guardrails import Rail, one_line, read_rails, validated
from hub.policy.likeness import alike
from hub.policy.permits import granted_by, permit_of, rule_of
from hub.policy.source import listed, text_of
from hub.policy.vocabulary import Vocabulary, read_vocabulary

RULE_FAILED = "rule-failed"
"""Rule id told when a rule erred."""

_ENUM = re.compile(r"entity (\w+) enum \[(.*?)\];", re.DOTALL)
_WORD = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Cedar's answer for one field; ``rails`` forbid it, in the order of their files."""

    allowed: bool
    rails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything access depends on beside the agreements themselves.

    Attributes:
        version: Changes with anything here; each log entry names it.
        sandbox: Whether this hub serves made-up people only.
        text: Guard rails as Cedar. ``rails``: the same by id.
        fields: Every published field as an entity. ``traits``: its attributes, as JSON.
    """

    version: str
    sandbox: bool
    catalogue: Catalogue
    vocabulary: Vocabulary
    text: str
    rails: Mapping[str, Rail]
    schema: cedarpy.Schema
    fields: cedarpy.Entities
    traits: Mapping[FieldId, str]


def load_rules(folder: Traversable, catalogue: Catalogue, *, sandbox: bool = False) -> Rules:
    """Read vocabulary, schema and guard rails of a policy folder, and validate them.

    Args:
        folder: ``hub.policy.source.packaged()``, or an installation's own.
        catalogue: What is published.
        sandbox: Whether this hub serves made-up people only.

    Raises:
        Misconfigured: Anything is missing, malformed, misspelt or does not validate.
    """
    vocabulary = read_vocabulary(folder, catalogue)
    registers = sorted({*catalogue.registers, *vocabulary.unpublished})
    closed = f"entity Register enum {json.dumps(registers)};"
    resources = [_resource(each, vocabulary) for each in catalogue.fields.values()]
    entities = json.dumps(resources)
    files = list(listed(folder / "guardrails", ".cedar"))
    text = "\n".join(each for _, each in files)
    try:
        schema = cedarpy.Schema.from_str(f"{text_of(folder / 'schema.cedarschema')}\n{closed}")
        fields = cedarpy.Entities.from_json_str(entities, schema)
    except ValueError as wrong:
        raise Misconfigured([f"schema.cedarschema: {one_line(wrong)}"]) from None
    _same_words(vocabulary, str(schema))
    return Rules(
        version=_version(str(schema), text, entities, str(sandbox)),
        sandbox=sandbox,
        catalogue=catalogue,
        vocabulary=vocabulary,
        text=text,
        rails=read_rails(files, schema, catalogue),
        schema=schema,
        fields=fields,
        traits={
            path: json.dumps([each["attrs"], each["parents"]])
            for path, each in zip(catalogue.fields, resources, strict=True)
        },
    )


def judge(
    rules: Rules, agreement: Agreement, action: Operation
) -> Mapping[FieldId, tuple[Judgement, Judgement]]:
    """Decide every published field under ``agreement`` alone: consent given, consent absent.

    Other agreements' permits name other principals, so leaving them out changes nothing.

    Raises:
        Misconfigured: The agreement's permit does not validate, or its terms fit no schema.
    """
    catalogue = rules.catalogue
    text = f"{rules.text}\n{permit_of(agreement, catalogue)}"
    validated(text, rules.schema, agreement.number)
    granted = granted_by(agreement, catalogue)
    groups = alike(rules.traits, granted=granted, rails=rules.text)
    heads = judge_each(rules, agreement, action, [group[0] for group in groups], text)
    found = {path: head for group, head in zip(groups, heads, strict=True) for path in group}
    return {path: found[path] for path in catalogue.fields}


def judge_each(
    rules: Rules, agreement: Agreement, action: Operation, paths: Sequence[FieldId], text: str
) -> Sequence[tuple[Judgement, Judgement]]:
    """Decide ``paths`` one by one by the rules in ``text``: consent given, consent absent.

    Raises:
        Misconfigured: The agreement's terms fit no schema.
    """
    results = [
        _judgement(rules, result)
        for result in cedarpy.is_authorized_batch(
            [
                _request(rules, agreement, action, path, consent=consent)
                for consent in (True, False)
                for path in paths
            ],
            cedarpy.PolicySet.from_str(text),
            _with_principal(rules, agreement),
            rules.schema,
        )
    ]
    return list(zip(results[: len(paths)], results[len(paths) :], strict=True))


def _request(
    rules: Rules, agreement: Agreement, action: Operation, path: FieldId, *, consent: bool
) -> dict[str, Any]:
    return {
        "principal": {"type": "Agreement", "id": rule_of(agreement)},
        "action": {"type": "Action", "id": action.value},
        "resource": {"type": "Field", "id": path},
        "context": {"consent": consent, "sandbox": rules.sandbox},
    }


def _judgement(rules: Rules, result: cedarpy.AuthzResult) -> Judgement:
    # INVARIANT: Cedar skips a rule that errs, so a ``forbid`` that fails would allow.
    if result.diagnostics.errors:
        return Judgement(allowed=False, rails=(RULE_FAILED,))
    named = set(result.diagnostics.id_annotations_by_reason.values())
    return Judgement(
        allowed=result.allowed, rails=tuple(rail for rail in rules.rails if rail in named)
    )


def _with_principal(rules: Rules, agreement: Agreement) -> cedarpy.Entities:
    ninth = agreement.basis.article9
    principal = {
        "uid": {"type": "Agreement", "id": rule_of(agreement)},
        "attrs": {
            "purpose": _entity("Purpose", rules.vocabulary.short(agreement.purpose)),
            "article6": _entity("Article6", agreement.basis.article6),
            **({"article9": _entity("Article9", ninth)} if ninth else {}),
            "operations": [_entity("Operation", each.value) for each in agreement.operations],
        },
        "parents": [],
    }
    try:
        return rules.fields.with_added_json_str(json.dumps([principal]), rules.schema)
    except ValueError as wrong:
        raise Misconfigured([f"{agreement.number}: {one_line(wrong)}"]) from None


def _resource(field: Field, vocabulary: Vocabulary) -> dict[str, Any]:
    register = {"register": _entity("Register", field.register)} if field.register else {}
    return {
        "uid": {"type": "Field", "id": field.id},
        "attrs": {
            **register,
            "category": _entity("Category", field.category.value),
            "sensitivity": _entity("Sensitivity", field.sensitivity.value),
            "status": field.free or field.id in vocabulary.status,
        },
        "parents": [],
    }


def _entity(kind: str, name: str) -> dict[str, dict[str, str]]:
    return {"__entity": {"type": kind, "id": name}}


def _same_words(vocabulary: Vocabulary, schema: str) -> None:
    """Refuse words described in YAML and not closed in the schema, or the reverse."""
    declared = {kind: set(_WORD.findall(words)) for kind, words in _ENUM.findall(schema)}
    described: Mapping[str, Mapping[Any, object]] = {
        "Purpose": vocabulary.purposes,
        "Article6": vocabulary.article6,
        "Article9": vocabulary.article9,
        "Category": vocabulary.categories,
    }
    problems = [
        f"schema.cedarschema: `{word}` of `{kind}` stands in one of the two lists only"
        for kind, words in described.items()
        for word in sorted(set(words) ^ declared.get(kind, set()))
    ]
    if problems:
        raise Misconfigured(problems)


def _version(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]
