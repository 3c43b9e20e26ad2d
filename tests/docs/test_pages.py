"""All pages: links lead somewhere, nothing names a machine, the schema explains itself."""

import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
    parse,
    validate,
)

from hub.app import publication
from hub.cli.main import VERBS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("policies/**/*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|Users|mnt|opt|var)/")
LATVIAN = re.compile(r"\([^()]*[^()]+\)|[āčēģīķļņšūž]", re.IGNORECASE)


def anchors(text: str) -> set[str]:
    """Return the anchors that headings get."""
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in found}


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), f"{target} of {path.name}"
        assert there.is_relative_to(ROOT)
        assert not anchor or anchor in anchors(there.read_text())


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_no_page_names_a_machine(path: Path) -> None:
    text = path.read_text()
    assert not MACHINE.search(text)
    assert not re.search(r"https?://[^\s)>]*(pypi|npmjs|registry|mirror|artifactory)", text)


def test_every_page_can_be_reached_from_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            there = (page.parent / target).resolve()
            if "://" not in target and there.exists():
                waiting.append(there)
    lost = {path for path in PAGES if path not in seen and path.parent.name != "decisions"}
    assert lost == set()


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_questions_on_pages_fit_the_schema(path: Path) -> None:
    for query in re.findall(r"```graphql\n(.*?)```", path.read_text(), re.DOTALL):
        errors = validate(publication.schema(), parse(query))
        assert not errors, [GraphQLError.__str__(error) for error in errors]


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_verbs_named_on_pages_exist(path: Path) -> None:
    for verb in re.findall(r"`(?:\.venv/bin/)?hub ([a-z]+)", path.read_text()):
        assert verb in VERBS


def published() -> list[tuple[str, str | None]]:
    """Return every name that is published, with its description."""
    schema = publication.schema()
    told: list[tuple[str, str | None]] = []
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        told.append((name, kind.description))
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field, definition in kind.fields.items():
                told.append((f"{name}.{field}", definition.description))
                told += [
                    (f"{name}.{field}({argument})", each.description)
                    for argument, each in definition.args.items()
                ]
        if isinstance(kind, GraphQLEnumType):
            told += [(f"{name}.{value}", each.description) for value, each in kind.values.items()]
    return told


def test_everything_published_is_described_in_english_with_its_latvian_term() -> None:
    names = published()
    assert len(names) > 300
    silent = [name for name, text in names if not text or not re.search(r"[a-z]", text)]
    assert silent == []
    english_alone = [name for name, text in names if text and not LATVIAN.search(text)]
    assert english_alone == []


def test_the_glossarys_names_stand_in_the_code() -> None:
    page = (ROOT / "docs" / "glossary.md").read_text()
    code = "".join(
        path.read_text()
        for package in ("hub", "schemas", "policies")
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", ".graphql", ".cedar", ".cedarschema", ".yaml"}
        and "node_modules" not in path.parts
    )
    columns = [line.split("|")[2] for line in page.splitlines() if line.startswith("| ")][1:]
    names = {name for column in columns for name in re.findall(r"`([^`]+)`", column)}
    assert len(names) > 30
    assert {name for name in names if not re.search(rf"{re.escape(name)}\b", code)} == set()
