from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import pytest
from sqlalchemy import BigInteger, Column, ForeignKey, MetaData, String, Table, Text

from hub.sandbox.people import discovery, progress, roles, tables
from hub.sandbox.people.life import Life
from hub.sandbox.people.twin import Row, Twin


def _rows(_life: Life, _today: date) -> Iterator[Row]:
    return iter(())


METADATA = MetaData(schema="kaste")
Table("viens", METADATA, Column("id", BigInteger, primary_key=True), Column("nos", Text))
Table(
    "otrs",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("viena_id", ForeignKey("kaste.viens.id"), nullable=False, index=True),
    Column("kods", String(11), unique=True),
)
TWIN = Twin(register="box", schema="kaste", metadata=METADATA, rows=_rows, after_load=("SELECT 1",))


def test_tables_are_made_bare() -> None:
    assert list(tables.bare(TWIN)) == [
        'DROP SCHEMA IF EXISTS "kaste" CASCADE',
        'CREATE SCHEMA "kaste"',
        'CREATE TABLE "kaste"."viens" ("id" BIGINT NOT NULL, "nos" TEXT)',
        (
            'CREATE TABLE "kaste"."otrs" ("id" BIGINT NOT NULL, "viena_id" BIGINT NOT NULL, '
            '"kods" VARCHAR(11))'
        ),
    ]


def test_keys_come_before_indexes_references_and_statistics() -> None:
    told = list(tables.keyed(TWIN))
    kinds = ["PRIMARY", "PRIMARY", "UNIQUE", "INDEX", "FOREIGN", "SELECT 1", "ANALYZE", "ANALYZE"]
    assert len(told) == len(kinds)
    for statement, kind in zip(told, kinds, strict=True):
        assert kind in statement


def test_a_role_has_its_own_password_that_follows_from_the_owners() -> None:
    url = "postgresql://postgres:secret@127.0.0.1:5432"
    made = urlsplit(roles.url_of(TWIN, roles.in_database(url, "registers")))
    assert (made.username, made.hostname, made.port) == ("hub_kaste", "127.0.0.1", 5432)
    assert made.path == "/registers"
    assert made.password
    assert "secret" not in made.geturl()
    assert made.geturl() == roles.url_of(TWIN, roles.in_database(url, "registers"))
    other = roles.url_of(TWIN, url.replace("secret", "other"))
    assert urlsplit(other).password != made.password
    assert any(made.password in statement for statement in roles.grants(TWIN, url))


def test_twins_are_found_by_themselves() -> None:
    assert "population" in {twin.register for twin in discovery.twins()}
    names = [twin.register for twin in discovery.twins()]
    assert names == sorted(names)
    schemas = {table.schema for twin in discovery.twins() for table in twin.metadata.sorted_tables}
    assert schemas == {twin.schema for twin in discovery.twins()}


def test_the_version_follows_from_the_source() -> None:
    assert discovery.fingerprint() == discovery.fingerprint()
    assert len(discovery.fingerprint()) == 64


@pytest.mark.parametrize("headless", [True, False])
def test_progress_is_told(headless: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.shown(100, headless=headless) as copied:
        for _ in range(20):
            copied(5)
    told = "".join(capsys.readouterr())
    assert "100" in told
    assert headless == (told.count("people_copied") == 10)
