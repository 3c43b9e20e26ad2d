"""`hub audit retain` as production runs it: told by its environment, beside a hub that serves."""

import asyncio
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from hub.app import publication
from hub.app.clock import SystemClock
from hub.audit.log import open_log
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.tiles import tiles_of
from hub.settings import Settings, read_settings
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.log import KeyTable, LogTable
from hub.storage.tokens import SubjectTokens
from tests.conftest import MakeDatabase
from tests.service.demo.production import Production, built
from tests.service.demo.staging import hub
from tests.unit.audit.making import code, disclosure

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

YEAR, ENTRIES = 2019, 6
OFFICER = "VDAA/dpo"
POLICIES = Path(__file__).parents[3] / "policies"
WAIT_S = 20


@pytest.fixture(scope="module")
def owner_url(make_database: MakeDatabase) -> str:
    return make_database()


@pytest.fixture(scope="module")
def production(
    tmp_path_factory: pytest.TempPathFactory, furnished: Path, owner_url: str
) -> Iterator[Production]:
    """A hub that has served since 2019."""
    with built(tmp_path_factory.mktemp("production"), furnished, owner_url) as found:
        settings = read_settings(found.environment, publication.connector_modules())
        asyncio.run(write(settings))
        with found.served():
            yield found


async def write(settings: Settings) -> None:
    keyring, database = MasterKeyring(settings.master_key), Database(settings.database_url)
    table = LogTable(database, SubjectTokens(keyring), SystemClock())
    key = LogKey(settings.log_origin, settings.log_key)
    async with open_log(table, KeyTable(database), keyring, key) as log:
        for month in range(ENTRIES // 2):
            at = datetime(YEAR, 1 + month, 5, tzinfo=UTC)
            await log.append(disclosure(code(1), code(2), at=at))
    await table.aclose()
    await database.aclose()


def until(http: httpx.Client, path: str, done: Callable[[httpx.Response], bool]) -> httpx.Response:
    deadline = time.monotonic() + WAIT_S
    while not done(response := http.get(path)):
        assert time.monotonic() < deadline, (path, response.text)
        time.sleep(0.1)
    return response


def audit(
    production: Production, *words: str | Path, **more: str
) -> subprocess.CompletedProcess[str]:
    return hub("audit", *map(str, words), env={**production.environment, **more})


def officer(production: Production) -> dict[str, str]:
    token = production.token("dpo", production.own)
    return {"authorization": f"Bearer {token}", "hub-agreement": "DVI-2026-001"}


def codes(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


def mirrored(http: httpx.Client, into: Path) -> Path:
    """Copy what anybody may read, with nothing but HTTP."""
    raw = http.get(f"/log/{YEAR}/checkpoint").content
    for path in ("checkpoint", "ended", *(e.path for e in tiles_of(int(raw.split(b"\n")[1])))):
        response = http.get(f"/log/{YEAR}/{path}")
        assert response.status_code == 200
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        (into / path).write_bytes(response.content)
    return into


def test_a_year_is_ended_by_the_databases_owner_and_the_hub_tells_of_it(
    production: Production, owner_url: str, tmp_path: Path
) -> None:
    year, owner = str(YEAR), {"HUB_MIGRATION_DATABASE_URL": owner_url}
    retain = ("retain", "--year", year, "--officer", OFFICER)
    with production.http(production.own) as http:
        until(http, f"/log/{YEAR}/checkpoint", lambda r: r.text.split("\n")[1:2] == [str(ENTRIES)])
        assert http.get(f"/log/{YEAR}/ended").status_code == 404
        bundle = f"/log/{YEAR}/tile/entries/000.p/{ENTRIES}"
        assert http.get(bundle, headers=officer(production)).status_code == 200

        for words, more, why in (
            (retain, {}, "`HUB_MIGRATION_DATABASE_URL` is missing"),
            (retain, {"HUB_MIGRATION_DATABASE_URL": production.environment["HUB_DATABASE_URL"]},
             "the access log cannot be written"),
            (("retain", "--year", "2025", "--officer", OFFICER), owner, "retention of that year"),
            (retain, {**owner, "HUB_POLICIES_DIR": longer(tmp_path)}, "retention of that year"),
        ):  # fmt: skip
            done = audit(production, *words, **more)
            assert done.returncode in {1, 2}
            assert why in done.stderr
            assert "Traceback" not in done.stderr
        said = ("--officer", OFFICER, "--reason", "ordered by the court")
        hold = audit(production, "hold", "set", "year", "--year", year, *said).stdout.strip()
        assert "a hold forbids" in audit(production, *retain, **owner).stderr
        assert audit(production, "hold", "lift", hold, *said).returncode == 0
        would = audit(production, *retain, "--dry-run", **owner)
        assert would.stdout == f"would drop: {ENTRIES} entries, 2 keys, 0 partitions\n"
        assert http.get(bundle, headers=officer(production)).status_code == 200

        done = audit(production, *retain, **owner)
        assert done.stdout == f"dropped: {ENTRIES} entries, 2 keys, 0 partitions\n", done.stderr
        until(http, f"/log/{YEAR}/ended", lambda r: r.status_code == 200)
        gone = http.get(bundle, headers=officer(production))
        assert (gone.status_code, codes(gone)) == (410, ["entries_ended"])
        never = http.get("/log/2020/tile/entries/000", headers=officer(production))
        assert (never.status_code, codes(never)) == (404, ["path_unknown"])
        mirror = mirrored(http, tmp_path / "mirror")

    database = audit(production, "verify", "--database")
    assert database.returncode == 0, database.stderr
    told = [json.loads(line) for line in database.stdout.splitlines()]
    (ended,) = [each for each in told if each.get("log", "").endswith(f"/{YEAR}")]
    assert (ended["kept"], ended["content removed"]) == (0, ENTRIES)
    vkey = audit(production, "vkey").stdout.strip()
    offline = hub("audit", "verify", str(mirror), "--vkey", vkey, env={"PATH": ""})
    assert offline.returncode == 0, offline.stderr
    assert json.loads(offline.stdout)["content removed"]["official"] == OFFICER


def longer(folder: Path) -> str:
    """Policies as they are, but for a term of twenty years."""
    made = folder / "policies"
    shutil.copytree(POLICIES, made)
    terms = made / "retention.yaml"
    terms.write_text(terms.read_text().replace("years: 5", "years: 20"))
    return str(made)
