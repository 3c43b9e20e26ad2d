"""The register of natural persons (Fizisko personu reģistrs) as its tables stand."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, MetaData, String, Table, Text

from connectors.transports.sql_rows import Record, Rows

SCHEMA = "fpr"
METADATA = MetaData(schema=SCHEMA)


def _key(name: str) -> "Column[int]":
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _person() -> "Column[int]":
    person = ForeignKey(f"{SCHEMA}.persona.personas_id")
    return Column("personas_id", BigInteger, person, nullable=False, index=True)


TERRITORIES = Table(
    "teritorija",
    METADATA,
    Column("atvk_kods", String(7), primary_key=True),
    Column("nosaukums", Text, nullable=False),
    Column("speka_no", Date, nullable=False),
    Column("speka_lidz", Date),
    Column("pectecis", ForeignKey(f"{SCHEMA}.teritorija.atvk_kods")),
)
"""Municipalities; ``pectecis`` is the one valid today, however often the place changed hands."""

PERSONS = Table(
    "persona",
    METADATA,
    _key("personas_id"),
    Column("dzimums", String(1)),
    Column("dzimis", Date),
    Column("miris", Date),
    Column("ieraksts_slegts", Date),
)
"""A closed record (``ieraksts_slegts``) holds nothing but its number and its code."""

CODES = Table(
    "personas_kods",
    METADATA,
    _key("koda_id"),
    _person(),
    Column("personas_kods", String(11), nullable=False, unique=True),
    Column("veids", String(4), nullable=False),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
)

NAMES = Table(
    "personas_vards",
    METADATA,
    _key("varda_id"),
    _person(),
    Column("vards", Text, nullable=False),
    Column("uzvards", Text, nullable=False),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
)

RESIDENCES = Table(
    "deklareta_dzivesvieta",
    METADATA,
    _key("dzivesvietas_id"),
    _person(),
    Column("atvk_kods", ForeignKey(f"{SCHEMA}.teritorija.atvk_kods"), nullable=False),
    Column("adrese", Text, nullable=False),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
)
"""A residence keeps the code of its first day: nobody declares anew when municipalities merge."""

RELATIVES = Table(
    "radnieciba",
    METADATA,
    _key("radniecibas_id"),
    _person(),
    Column("veids", String(2), nullable=False),
    Column("radinieka_kods", String(11), nullable=False),
)

REPRESENTATIVES = Table(
    "parstaviba",
    METADATA,
    _key("parstavibas_id"),
    _person(),
    Column("parstavja_kods", String(11), nullable=False),
    Column("veids", String(4), nullable=False),
    Column("apjoms", String(4), nullable=False),
    Column("aizsargats", Boolean, nullable=False),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
)
"""``aizsargats``: the person is protected from this representative (violence); nobody uses it."""

_ALL_CODES = CODES.alias("visi_kodi")

RECORD = Record(
    key=CODES.c.personas_kods,
    rows=Rows(
        source=CODES.join(PERSONS, PERSONS.c.personas_id == CODES.c.personas_id),
        where=PERSONS.c.ieraksts_slegts.is_(None),
        columns={"born": PERSONS.c.dzimis, "died": PERSONS.c.miris},
        nested={
            "codes": Rows(
                source=_ALL_CODES,
                on=_ALL_CODES.c.personas_id == PERSONS.c.personas_id,
                columns={"code": _ALL_CODES.c.personas_kods, "begins": _ALL_CODES.c.no_datuma},
                order_by=(_ALL_CODES.c.no_datuma.desc(),),
            ),
            "residences": Rows(
                source=RESIDENCES.join(
                    TERRITORIES, TERRITORIES.c.atvk_kods == RESIDENCES.c.atvk_kods
                ),
                on=RESIDENCES.c.personas_id == PERSONS.c.personas_id,
                columns={
                    "territory": RESIDENCES.c.atvk_kods,
                    "territory_ended": TERRITORIES.c.speka_lidz,
                    "successor": TERRITORIES.c.pectecis,
                    "address": RESIDENCES.c.adrese,
                    "begins": RESIDENCES.c.no_datuma,
                    "ends": RESIDENCES.c.lidz_datumam,
                },
                order_by=(RESIDENCES.c.no_datuma,),
            ),
            "names": Rows(
                source=NAMES,
                on=NAMES.c.personas_id == PERSONS.c.personas_id,
                columns={
                    "last": NAMES.c.uzvards,
                    "begins": NAMES.c.no_datuma,
                    "ends": NAMES.c.lidz_datumam,
                },
                order_by=(NAMES.c.no_datuma,),
            ),
            "relatives": Rows(
                source=RELATIVES,
                on=RELATIVES.c.personas_id == PERSONS.c.personas_id,
                columns={"code": RELATIVES.c.radinieka_kods},
                order_by=(RELATIVES.c.radniecibas_id,),
            ),
            "representatives": Rows(
                source=REPRESENTATIVES,
                on=REPRESENTATIVES.c.personas_id == PERSONS.c.personas_id,
                columns={
                    "code": REPRESENTATIVES.c.parstavja_kods,
                    "kind": REPRESENTATIVES.c.veids,
                    "scope": REPRESENTATIVES.c.apjoms,
                    "protected": REPRESENTATIVES.c.aizsargats,
                    "begins": REPRESENTATIVES.c.no_datuma,
                    "ends": REPRESENTATIVES.c.lidz_datumam,
                },
                order_by=(REPRESENTATIVES.c.no_datuma, REPRESENTATIVES.c.parstavibas_id),
            ),
        },
    ),
)
"""Found by any code of a history; a closed record is not found at all.

# INVARIANT: a code given on adoption and the former one are two ``personas_id`` that no row joins.
"""

_HOMES: Final = frozenset({"residences.address", "residences.begins", "residences.ends"})
_NAMES: Final = frozenset({"names.last", "names.begins", "names.ends"})
_ALONE: Final = {"residences.address", "relatives.code", *_NAMES}

POLICY: Final = RECORD.columns - _ALONE
"""What policy needs of a person: asked at every request."""

KINSHIP: Final = frozenset({"codes.code", "codes.begins", "relatives.code"}) | _HOMES | _NAMES
"""What tells whose household somebody belongs to: asked when the access log is analysed."""
