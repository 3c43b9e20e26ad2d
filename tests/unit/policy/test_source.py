from pathlib import Path

import msgspec
import pytest

from hub.errors import Misconfigured
from hub.policy.source import listed, packaged, read_yaml, text_of


class _Shape(msgspec.Struct):
    count: int
    inner: dict[str, list[int]] = {}


def _problem(text: str) -> str:
    with pytest.raises(Misconfigured) as told:
        read_yaml("a.yaml", text).convert(_Shape)
    (problem,) = told.value.problems
    return problem


def test_what_yaml_1_1_would_turn_into_something_else_stays_text() -> None:
    text = "{a: 0001000, b: no, c: on, d: 2026-01-01, e: 1e3, f: 12, g: true, h: null, i: ~, j: }"
    assert read_yaml("a.yaml", text).value == {
        "a": "0001000",
        "b": "no",
        "c": "on",
        "d": "2026-01-01",
        "e": "1e3",
        "f": 12,
        "g": True,
        "h": None,
        "i": None,
        "j": None,
    }


def test_a_tag_builds_nothing() -> None:
    assert read_yaml("a.yaml", "a: !!python/object/apply:os.getcwd []").value == {"a": []}
    assert read_yaml("a.yaml", "a: !own text").value == {"a": "text"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a.yaml:1: the file is empty"),
        ("a: 1\nb: [", "a.yaml:2: not YAML: did not find expected node content"),
        ("a: \x07", "a.yaml:1: not YAML: a character is not allowed"),
        ("count: 1\ncount: 2", "a.yaml:2: `count` stands twice"),
        ("inner: {}", "a.yaml:1: object missing required field `count`"),
        ("inner: {}\n\ncount: x", "a.yaml:3: expected `int`, got `str`"),
        ("count: 1\ninner:\n  a:\n  - 1\n  - x", "a.yaml:2: expected `int`, got `str`"),
    ],
)
def test_problems_name_file_and_line(text: str, problem: str) -> None:
    assert _problem(text) == problem


def test_a_document_however_deep_ends_nothing_but_its_own_reading() -> None:
    deep = 100_000
    with pytest.raises(RecursionError):
        read_yaml("a.yaml", "[" * deep + "]" * deep)


def test_what_is_not_in_the_file_is_blamed_on_what_would_hold_it() -> None:
    source = read_yaml("a.yaml", "x: 1\ny:\n  z: [1]")
    assert source.problem("$.y.z[7].w", "no") == "a.yaml:3: no"
    assert source.problem("$.nothing", "no") == "a.yaml:1: no"


def test_the_packaged_folder_is_found() -> None:
    assert "entity Agreement" in text_of(packaged() / "schema.cedarschema")


def test_a_missing_folder_or_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="nowhere: no such folder"):
        list(listed(tmp_path / "nowhere", ".yaml"))
    with pytest.raises(Misconfigured, match=r"nothing\.yaml: the file cannot be read"):
        text_of(tmp_path / "nothing.yaml")
    (tmp_path / "latin.yaml").write_bytes("ā".encode("cp1257"))
    with pytest.raises(Misconfigured, match=r"latin\.yaml: the file is not UTF-8"):
        text_of(tmp_path / "latin.yaml")


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "c.txt"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert [text for _, text in listed(tmp_path, ".yaml")] == ["a.yaml", "b.yaml"]
