from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import Enum

import msgspec
import pytest
import strawberry
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import BigInteger, Column, Date, ForeignKey, MetaData, String, Table

from connectors.transports.by_value import ByValue
from connectors.transports.codes import Digits, canonical
from connectors.transports.merging import merged
from connectors.transports.needs import camel_case, leaves
from connectors.transports.sql_rows import Record, Rows, Windowed
from connectors.transports.sql_statement import Question, compile_statement
from connectors.transports.unset import rows, told, touches
from hub.model.catalogue import Category
from hub.model.evidence import Window
from schemas.field import value

META = MetaData(schema="src")
PERSON = Table(
    "persona", META, Column("id", BigInteger, primary_key=True), Column("kods", String(11))
)
THING = Table(
    "lieta",
    META,
    Column("id", BigInteger, primary_key=True),
    Column("persona_id", ForeignKey("src.persona.id")),
    Column("veids", String),
    Column("menesis", Date),
    Column("dzesta", Date),
)
THINGS = Rows(
    source=THING,
    on=THING.c.persona_id == PERSON.c.id,
    where=THING.c.dzesta.is_(None),
    order_by=(THING.c.id,),
    columns={"kind": THING.c.veids, "month": THING.c.menesis},
    windowed=Windowed(column=THING.c.menesis, monthly=True),
)
RECORD = Record(
    key=PERSON.c.kods,
    rows=Rows(source=PERSON, columns={"own": PERSON.c.id}, nested={"things": THINGS}),
)
SPRING = Window(start=date(2026, 3, 15), end=date(2026, 5, 31))
ABOUT = Question(digits=["01010101010"], reference="reference", window=None)


def test_a_statement_holds_only_the_columns_asked() -> None:
    text = compile_statement(RECORD, {"things.kind"}, windowed=False).text
    assert "veids" in text
    assert "src.persona.id AS" not in text
    assert "'own'" not in text
    assert "menesis" not in text
    assert "dzesta IS NULL" in text


def test_a_statement_takes_codes_as_a_parameter() -> None:
    statement = compile_statement(RECORD, {"own"}, windowed=False)
    assert statement.arguments(ABOUT) == [["01010101010"], "reference"]
    assert "src.asked($1::TEXT[], $2::VARCHAR)" in statement.text
    assert "01010101010" not in statement.text


def test_a_window_is_bound_only_where_rows_are_windowed() -> None:
    statement = compile_statement(RECORD, {"things.kind"}, windowed=True)
    assert "BETWEEN" in statement.text
    assert {SPRING.start, SPRING.end} <= {
        each
        for each in statement.arguments(replace(ABOUT, window=SPRING))
        if isinstance(each, date)
    }
    assert "BETWEEN" not in compile_statement(RECORD, {"own"}, windowed=True).text


def test_the_same_columns_in_another_order_are_the_same_statement() -> None:
    one = compile_statement(RECORD, ["own", "things.kind"], windowed=False)
    assert compile_statement(RECORD, ["things.kind", "own"], windowed=False).text == one.text


def test_a_column_nobody_declared_is_refused() -> None:
    with pytest.raises(KeyError, match=r"things\.other"):
        compile_statement(RECORD, {"own", "things.other"}, windowed=False)


def test_an_attribute_that_is_no_name_is_refused() -> None:
    sly = replace(RECORD, rows=replace(RECORD.rows, columns={"a') --": PERSON.c.id}))
    with pytest.raises(ValueError, match="a'"):
        compile_statement(sly, {"a') --"}, windowed=False)


def test_needs_are_told_briefly() -> None:
    told_needs = leaves("r.rows", "rows", "valid_from net", always=("rows.kind",))
    assert told_needs == {
        "r.rows.validFrom": {"rows.kind", "rows.valid_from"},
        "r.rows.net": {"rows.kind", "rows.net"},
    }
    assert leaves("r", "", {"total": "one two"}) == {"r.total": {"one", "two"}}
    assert camel_case("a1_certificates") == "a1Certificates"


class Kind(Enum):
    PLAIN = value("1", "plain", "parasts", category=Category.FINANCIAL)
    ILL = value("2", "ill", "slims", category=Category.HEALTH)
    WARD = value("3", "ward", "aizbilstamais", category=Category.CHILD_PROTECTION)
    OTHER = value("OTHER", "other", "cits", category=Category.HEALTH)


strawberry.enum(Kind, description="Kinds (veidi)")
BY_KIND = ByValue("r.rows", Kind, unknown=Kind.OTHER)
HEALTH, CHILD = "r.rows#HEALTH", "r.rows#CHILD_PROTECTION"


@pytest.mark.parametrize(
    ("kind", "granted", "shown"),
    [
        ("1", set(), True),
        ("2", set(), False),
        ("2", {HEALTH}, True),
        ("2", {CHILD, "other.rows#HEALTH"}, False),
        ("3", {CHILD}, True),
        ("never seen", {HEALTH}, False),
        ("never seen", {CHILD}, False),
        ("never seen", {HEALTH, CHILD}, True),
        ("OTHER", {HEALTH}, False),
        (None, {HEALTH}, False),
        (UNSET, {HEALTH}, False),
        (UNSET, {HEALTH, CHILD}, True),
    ],
)
def test_a_kind_is_shown_to_who_may_know_what_it_reveals(
    kind: object, granted: set[str], shown: bool
) -> None:
    assert BY_KIND.shows(kind, granted) is shown  # type: ignore[arg-type]  # ids are text


class Part(Struct, frozen=True, kw_only=True):
    rows: tuple[int, ...] | UnsetType = UNSET
    name: str | UnsetType | None = UNSET


def test_facts_of_several_codes_are_joined_the_current_code_first() -> None:
    joined = merged([Part(rows=(1,), name=None), Part(rows=(2, 3), name="old"), Part()])
    assert joined == Part(rows=(1, 2, 3), name="old")
    assert merged([Part(name="new"), Part(name="old")]).name == "new"
    assert merged([Part(), Part()]) == Part()
    assert merged([Part(name=None), Part()]).name is None


def test_what_was_not_fetched_reads_as_nothing() -> None:
    assert told(UNSET) is None
    assert rows(UNSET) == ()
    assert rows(None) == ()


@pytest.mark.parametrize(
    ("first", "last", "touching"),
    [
        (date(2026, 5, 31), None, True),
        (date(2026, 6, 1), None, False),
        (date(2000, 1, 1), date(2026, 3, 15), True),
        (date(2000, 1, 1), date(2026, 3, 14), False),
        (None, None, False),
        (UNSET, None, False),
        (date(2026, 4, 1), UNSET, True),
    ],
)
def test_closed_days_touch_a_period(
    first: date | UnsetType | None, last: date | UnsetType | None, touching: bool
) -> None:
    assert touches(first, last, SPRING.start, SPRING.end) is touching


def test_a_register_vouches_for_the_codes_it_names() -> None:
    assert canonical("01010101234") == "010101-01234"
    for wrong in ("0101010123", "010101-0123", "41010101234", "0101010123x"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Digits)


def test_numbers_of_the_source_are_exact() -> None:
    assert msgspec.json.decode(b"12.30", type=Decimal) == Decimal("12.30")
    assert str(msgspec.json.decode(b"9999999999.99", type=Decimal)) == "9999999999.99"
