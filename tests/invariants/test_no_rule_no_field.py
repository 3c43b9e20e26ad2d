"""Invariant 2: what no agreement in force grants, or a guard rail forbids, is denied."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from datetime import time as hours
from typing import Any

import asyncpg
import httpx
import pytest

from hub.app import publication
from hub.app.clock import RIGA
from hub.cli.estate import estate_of
from hub.cli.furnish import sandbox_documents
from hub.model.agreement import Agreement
from tests.journey.town import PERSONAS, Town, codes
from tests.journey.uses import CASE_AND_OFFICIAL

SetTime = Callable[[datetime], None]
CATALOGUE = publication.catalogue()
LEAVES = [each.id for each in CATALOGUE.fields.values() if not each.is_value_class]
LIMITED = [
    each.agreement
    for each in sandbox_documents()
    if each.agreement.fields and each.agreement.number != "SBX-2026-001"
]


def selection(paths: Iterable[str]) -> str:
    """Spell dotted paths as a selection set."""
    below: dict[str, list[str]] = {}
    for path in paths:
        name, _, rest = path.partition(".")
        below.setdefault(name, []).extend([rest] if rest else [])
    return " ".join(
        f"{name} {{ {selection(rest)} }}" if rest else name for name, rest in below.items()
    )


EVERYTHING = f"query($c: PersonalCode!) {{ person(personalCode: $c) {{ {selection(LEAVES)} }} }}"


def ask(town: Town, agreement: Agreement, person: str, query: str = EVERYTHING) -> httpx.Response:
    return town.ask(
        query,
        {"c": PERSONAS[person]},
        client=agreement.client,
        agreement=agreement.number,
        headers=CASE_AND_OFFICIAL,
    )


def excess_of(agreement: Agreement) -> set[str]:
    granted = {CATALOGUE.fields[path].register for path in agreement.fields if "#" not in path}
    return {
        each.id
        for each in CATALOGUE.fields.values()
        if not each.is_value_class
        and each.id not in agreement.fields
        and not (each.free and each.register in {"", *granted})
    }


@pytest.mark.parametrize("agreement", LIMITED, ids=[each.number for each in LIMITED])
def test_of_all_that_is_published_exactly_what_is_granted_is_not_refused(
    town: Town, set_time: SetTime, agreement: Agreement
) -> None:
    day, hour = agreement.valid_from, agreement.hours[0] if agreement.hours else 12
    set_time(datetime.combine(day, hours(hour), RIGA))
    response = ask(town, agreement, "ilze")
    told = {error["extensions"]["field"] for error in response.json()["errors"]}
    assert told == excess_of(agreement)
    if agreement.number == "NVA-2026-001":
        assert response.status_code == 200
        assert leaves_told(response) <= agreement.fields | {"personalCode"}
    else:
        assert response.status_code == 403
        assert "data" not in response.json()
        assert town.watch.calls == []


def leaves_told(response: httpx.Response) -> set[str]:
    """Return the paths of an answer that are not null, provenance and absences left out."""

    def walk(value: Any, path: tuple[str, ...]) -> Iterator[str]:  # noqa: ANN401 — JSON
        if isinstance(value, dict):
            for name, below in value.items():
                yield from walk(below, (*path, name))
        elif isinstance(value, list):
            for below in value:
                yield from walk(below, path)
        elif value is not None:
            yield ".".join(path)

    found = set(walk(response.json()["data"]["person"], ()))
    return {each for each in found if "provenance" not in each and "absences" not in each}


def test_who_may_see_all_sees_all_and_nothing_else_is_published(town: Town) -> None:
    response = town.ask(EVERYTHING, {"c": PERSONAS["gunta"]}, client="sandbox-full", agreement=None)
    assert codes(response) == []
    assert len(leaves_told(response)) > 40


@contextmanager
def altered(town: Town, number: str, change: str) -> Iterator[None]:
    """Alter an agreement's row behind the hub's back, and put it right again."""

    async def run(statement: str, *values: object) -> Any:  # noqa: ANN401 — a column
        connection = await asyncpg.connect(estate_of(town.data_dir).owner_url)
        try:
            told = await connection.fetchval(statement, *values)
            await connection.execute("UPDATE hub.agreement_version SET version = version + 1")
        finally:
            await connection.close()
        return told

    kept = asyncio.run(run("SELECT document FROM hub.agreement_revision WHERE number = $1", number))
    asyncio.run(
        run(f"UPDATE hub.agreement_revision SET document = {change} WHERE number = $1", number)
    )
    try:
        yield
    finally:
        restore = "UPDATE hub.agreement_revision SET document = $2 WHERE number = $1"
        asyncio.run(run(restore, number, kept))
        _until(lambda: acting(town))


def acting(town: Town) -> bool:
    return _permitted(town).status_code == 200


def _permitted(town: Town) -> httpx.Response:
    return town.ask(
        "query($c: PersonalCode!) { person(personalCode: $c) { vaccination { "
        "immunizations { lotNumber } } } }",
        {"c": PERSONAS["emils"]},
        client="spkc",
        agreement="SPKC-2026-001",
        headers=CASE_AND_OFFICIAL,
    )


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


LOT = '"vaccination.immunizations.lotNumber"'
WIDENED = f"""convert_to(replace(convert_from(document, 'UTF8'), '{LOT}',
    '{LOT},"vaccination.calendarStatus"'), 'UTF8')"""


@pytest.mark.parametrize("change", [WIDENED, "document || ' '::bytea", "'not an agreement'::bytea"])
def test_an_altered_row_grants_nothing_and_harms_no_other(town: Town, change: str) -> None:
    assert acting(town)
    with altered(town, "SPKC-2026-001", change):
        _until(lambda: not acting(town))
        assert codes(_permitted(town)) == ["agreement_unknown"]
        assert town.ask("{ registers { name } }", agreement=None).status_code == 200
    assert acting(town)
