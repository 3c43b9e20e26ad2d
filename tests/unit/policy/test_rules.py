"""The rules of the packaged folder, and each way of writing them wrongly."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from hub.errors import Misconfigured
from hub.model.catalogue import SENSITIVITY_OF
from hub.policy.cedar import load_rules
from hub.policy.vocabulary import nearest
from tests.unit.policy.given import FOLDER, catalogue, folder_with, rules


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _told(tmp_path: Path, changes: Mapping[str, str]) -> str:
    with pytest.raises(Misconfigured) as told:
        load_rules(folder_with(tmp_path, changes), catalogue())
    return "\n".join(told.value.problems)


def _rail(condition: str, notes: str = '@id("x") @note_en("no") @note_lv("nē")') -> str:
    return f"{notes}\nforbid (principal, action, resource) when {{ {condition} }};"


def test_categories_have_the_sensitivity_the_published_schema_gives_them() -> None:
    described = rules().vocabulary.categories
    assert {word: term.sensitivity for word, term in described.items()} == SENSITIVITY_OF


def test_every_purpose_narrows_a_term_of_dpv() -> None:
    for term in rules().vocabulary.purposes.values():
        assert term.parent.startswith("https://w3id.org/dpv")
        assert term.en != term.lv


def test_the_version_changes_with_every_rule_and_with_nothing_else(tmp_path: Path) -> None:
    same = load_rules(folder_with(tmp_path / "a", {}), catalogue())
    assert same.version == rules().version
    other = {"guardrails/x.cedar": _rail("false")}
    versions = {
        same.version,
        load_rules(folder_with(tmp_path / "b", other), catalogue()).version,
        rules(sandbox=True).version,
    }
    assert len(versions) == 3


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ('resource.category == Category::"HELTH"', "HELTH"),
        ('resource.sensitivity == Sensitivity::"SPESHAL"', "SPESHAL"),
        ('principal.purpose == Purpose::"MeansTest"', "MeansTest"),
        ('resource has register && resource.register == Register::"vacination"', "vacination"),
        ('principal.operations.contains(Operation::"recrod")', "recrod"),
        ('principal.article9 == Article9::"A9-2-b"', "article9"),
        ('resource.register == Register::"vaccination"', "register"),
        ('context.purpose in ["x"]', "purpose"),
        ('resource.category in ["HEALTH"]', "type"),
        (
            'resource == Field::"disability.cuase"',
            "names `disability.cuase`, which is not published; nearest is `disability.cause`",
        ),
        ('resource in Field::"disability.nothing"', "names `disability.nothing`"),
        ('principal == Agreement::"RSD-2026-001/1"', "may not speak of one agreement"),
    ],
)
def test_a_misspelt_or_missing_name_stops_the_load(
    tmp_path: Path, condition: str, told: str
) -> None:
    problem = _told(tmp_path, {"guardrails/x.cedar": _rail(condition)})
    assert "x.cedar" in problem
    assert told in problem


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (_rail("true", ""), "guard rail `` lacks @id, @note_en, @note_lv"),
        (_rail("true", '@id("x") @note_en("no") @note_lv("")'), "`x` lacks @note_lv"),
        (_rail("true", '@id("npais") @note_en("a") @note_lv("b")'), "`npais` stands twice"),
        (_rail("true").replace("forbid", "permit"), "only agreements permit"),
        (_rail("true").replace("(principal,", "(principal == ?principal,"), "is no template"),
        ("forbid (principal", "x.cedar: "),
    ],
)
def test_a_rail_that_is_no_reasoned_forbid_stops_the_load(
    tmp_path: Path, text: str, told: str
) -> None:
    assert told in _told(tmp_path, {"guardrails/x.cedar": text})


def test_a_folder_without_rails_stops_the_load(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, {})
    for file in (folder / "guardrails").iterdir():
        file.unlink()
    with pytest.raises(Misconfigured, match="there are no guard rails"):
        load_rules(folder, catalogue())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"schema.cedarschema": "entity"}, "schema.cedarschema: "),
        (
            {"schema.cedarschema": _text("schema.cedarschema").replace("status: Bool", "x: Bool")},
            "schema.cedarschema: ",
        ),
        (
            {"purposes.yaml": _text("purposes.yaml") + "  New: {parent: a, en: b, lv: c}\n"},
            "`New` of `Purpose` stands in one of the two lists only",
        ),
        (
            {"bases.yaml": _text("bases.yaml").replace("  A9-2-j:", "  A9-2-k:")},
            "`A9-2-k` of `Article9` stands in one of the two lists only",
        ),
        (
            {"categories.yaml": _text("categories.yaml").replace("ORIGIN:", "RACE:")},
            "categories.yaml:",
        ),
        (
            {"categories.yaml": "IDENTITY: {sensitivity: ORDINARY, en: a, lv: b}"},
            "`HEALTH` is not described",
        ),
        ({"purposes.yaml": "namespace: x"}, "missing required field `purposes`"),
        ({"unpublished.yaml": "npais: {en: x}"}, "missing required field `lv`"),
        ({"unpublished.yaml": "{}"}, "npais"),
        (
            {"status/x.yaml": "fields:\n- employment.status\n- employment.statsu"},
            "status/x.yaml:3: `employment.statsu` is not published; nearest is `employment.status`",
        ),
        ({"catalogue/x.csv": "a,b\n1,2"}, "catalogue/x.csv:1: columns are"),
    ],
)
def test_words_that_do_not_fit_stop_the_load(
    tmp_path: Path, changes: Mapping[str, str], told: str
) -> None:
    assert told in _told(tmp_path, changes)


def test_the_service_catalogue_knows_services_with_and_without_a_virsis_id() -> None:
    services = rules().vocabulary.services
    assert services["34240"].startswith("Datu sniegšana par pensijām")
    assert services["VSAA-56"].startswith("Datu sniegšana par valsts fondēto")
    assert "BAC-5" in services


def test_nothing_near_gives_no_hint() -> None:
    assert nearest("zzz", ["aaa"]) == ""
