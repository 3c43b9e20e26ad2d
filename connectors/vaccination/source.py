"""Source tables of vaccination in E-veselība, and which column holds which fact.

A corrected fact is never overwritten: it gets ``ieraksta_lidz`` and a new row follows it.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
)

from connectors.transports.sql_rows import Record, Rows
from connectors.vaccination.codings import ENTERED_IN_ERROR

SCHEMA = "eveseliba"
METADATA = MetaData(schema=SCHEMA)

PACIENTS = Table(
    "pacients",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("personas_kods", String(11), nullable=False, unique=True),
    Column("vards", String(100)),
    Column("uzvards", String(100)),
    Column("dzimis", Date),
)
IESTADE = Table(
    "iestade",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kods", String(9), nullable=False),
    Column("filiales_kods", String(4)),
    Column("nosaukums", Text, nullable=False),
    Column("adrese", Text),
)
PREPARATS = Table(
    "preparats",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("atk", String(7), nullable=False),
    Column("nosaukums", Text, nullable=False),
    Column("slimibas", ARRAY(String(8)), nullable=False),
)
VAKCINACIJA = Table(
    "vakcinacija",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("pacients_id", ForeignKey("eveseliba.pacients.id"), nullable=False, index=True),
    Column("preparats_id", ForeignKey("eveseliba.preparats.id"), nullable=False),
    Column("iestade_id", ForeignKey("eveseliba.iestade.id")),
    Column("statuss", String(8), nullable=False),
    Column("datums", Date, nullable=False),
    Column("registrets", DateTime(timezone=True), nullable=False),
    Column("serija", String(20)),
    Column("deriguma_termins", Date),
    Column("posms", String(1)),
    Column("kartas_numurs", SmallInteger),
    Column("daudzums_ml", Numeric(4, 2)),
    Column("ievades_veids", String(2)),
    Column("ievades_vieta", String(9)),
    Column("indikacija", String(9)),
    Column("ieraksta_lidz", DateTime(timezone=True)),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
TUBERKULINA_TESTS = Table(
    "tuberkulina_tests",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("pacients_id", ForeignKey("eveseliba.pacients.id"), nullable=False, index=True),
    Column("veikts", Date, nullable=False),
    Column("nolasits", Date),
    Column("izmers_mm", SmallInteger),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
IMUNITATES_PARBAUDE = Table(
    "imunitates_parbaude",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("pacients_id", ForeignKey("eveseliba.pacients.id"), nullable=False, index=True),
    Column("veikta", Date, nullable=False),
    Column("ssk10", String(8), nullable=False),
    Column("titrs", Numeric(8, 2)),
    Column("ir_imunitate", Boolean),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)

_INSTITUTION = Rows(
    source=IESTADE,
    on=IESTADE.c.id == VAKCINACIJA.c.iestade_id,
    single=True,
    columns={
        "code": IESTADE.c.kods,
        "branch_code": IESTADE.c.filiales_kods,
        "name": IESTADE.c.nosaukums,
        "address": IESTADE.c.adrese,
    },
)
_DOSES = Rows(
    source=VAKCINACIJA.join(PREPARATS),
    on=VAKCINACIJA.c.pacients_id == PACIENTS.c.id,
    where=VAKCINACIJA.c.ieraksta_lidz.is_(None) & (VAKCINACIJA.c.statuss != ENTERED_IN_ERROR),
    order_by=(VAKCINACIJA.c.id,),
    columns={
        "status": VAKCINACIJA.c.statuss,
        "occurrence_date": VAKCINACIJA.c.datums,
        "recorded_at": VAKCINACIJA.c.registrets,
        "vaccine_atc": PREPARATS.c.atk,
        "product": PREPARATS.c.nosaukums,
        "lot_number": VAKCINACIJA.c.serija,
        "expiry_date": VAKCINACIJA.c.deriguma_termins,
        "stage": VAKCINACIJA.c.posms,
        "dose_number": VAKCINACIJA.c.kartas_numurs,
        "dose_ml": VAKCINACIJA.c.daudzums_ml,
        "route": VAKCINACIJA.c.ievades_veids,
        "site": VAKCINACIJA.c.ievades_vieta,
        "indication": VAKCINACIJA.c.indikacija,
        "target_disease": PREPARATS.c.slimibas,
        "source_updated_at": VAKCINACIJA.c.atjaunots,
    },
    nested={"institution": _INSTITUTION},
)
_TUBERCULIN_TESTS = Rows(
    source=TUBERKULINA_TESTS,
    on=TUBERKULINA_TESTS.c.pacients_id == PACIENTS.c.id,
    order_by=(TUBERKULINA_TESTS.c.id,),
    columns={
        "done_on": TUBERKULINA_TESTS.c.veikts,
        "read_on": TUBERKULINA_TESTS.c.nolasits,
        "size_mm": TUBERKULINA_TESTS.c.izmers_mm,
        "source_updated_at": TUBERKULINA_TESTS.c.atjaunots,
    },
)
_IMMUNITY_CHECKS = Rows(
    source=IMUNITATES_PARBAUDE,
    on=IMUNITATES_PARBAUDE.c.pacients_id == PACIENTS.c.id,
    order_by=(IMUNITATES_PARBAUDE.c.id,),
    columns={
        "done_on": IMUNITATES_PARBAUDE.c.veikta,
        "disease": IMUNITATES_PARBAUDE.c.ssk10,
        "titre": IMUNITATES_PARBAUDE.c.titrs,
        "immune": IMUNITATES_PARBAUDE.c.ir_imunitate,
        "source_updated_at": IMUNITATES_PARBAUDE.c.atjaunots,
    },
)

RECORD = Record(
    key=PACIENTS.c.personas_kods,
    rows=Rows(
        source=PACIENTS,
        columns={"born": PACIENTS.c.dzimis},
        nested={
            "doses": _DOSES,
            "tuberculin_tests": _TUBERCULIN_TESTS,
            "immunity_checks": _IMMUNITY_CHECKS,
        },
    ),
)
