"""Source tables of SAIS, as VSAA keeps them, and which column holds which fact.

A corrected row is never overwritten: it gets ``ieraksta_lidz`` and a new row follows it.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    Numeric,
    String,
    Table,
)

from connectors.transports.sql_rows import Record, Rows, Windowed

SCHEMA = "sais"
METADATA = MetaData(schema=SCHEMA)
EURO = Numeric(12, 2)

PERSONA = Table(
    "persona",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("personas_kods", String(11), nullable=False, unique=True),
    Column("generets_kods", String(11)),
)
PAKALPOJUMS = Table(
    "pakalpojums",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("sais.persona.id"), nullable=False, index=True),
    Column("virsis_nr", String(8), nullable=False),
    Column("lemuma_nr", String(32)),
    Column("lemuma_datums", Date, nullable=False),
    Column("apmers", EURO, nullable=False),
    Column("apmera_veids", String(8), nullable=False),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
    Column("sanemeja_kods", String(11)),
    Column("sanemeja_vards", String(100)),
    Column("sanemeja_uzvards", String(100)),
    Column("konts", String(34)),
    Column("berna_kods", String(11)),
    Column("berna_vards", String(100)),
    Column("berna_uzvards", String(100)),
    Column("ieraksta_lidz", DateTime(timezone=True)),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
MAKSAJUMS = Table(
    "maksajums",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("pakalpojums_id", ForeignKey("sais.pakalpojums.id"), nullable=False),
    Column("menesis", Date, nullable=False),
    Column("izmaksats", Date),
    Column("bruto", EURO, nullable=False),
    Column("iin", EURO, nullable=False),
    Column("neto", EURO, nullable=False),
    Index("maksajums_menesis", "pakalpojums_id", "menesis"),
)
STAZA_PERIODS = Table(
    "staza_periods",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("sais.persona.id"), nullable=False, index=True),
    Column("veids", String(8), nullable=False),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
    Column("ieraksta_lidz", DateTime(timezone=True)),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
IEMAKSA = Table(
    "iemaksa",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("sais.persona.id"), nullable=False),
    Column("menesis", Date, nullable=False),
    Column("objekts", EURO, nullable=False),
    Column("summa", EURO, nullable=False),
    Index("iemaksa_menesis", "persona_id", "menesis"),
)
FONDETA_PENSIJA = Table(
    "fondeta_pensija",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("sais.persona.id"), nullable=False, unique=True),
    Column("pievienojies", Date, nullable=False),
    Column("parvalditajs", String(100)),
    Column("plans", String(100)),
    Column("kapitals", EURO),
    Column("kapitala_datums", Date),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
A1_SERTIFIKATS = Table(
    "a1_sertifikats",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("sais.persona.id"), nullable=False, index=True),
    Column("numurs", String(32), nullable=False),
    Column("valsts", String(2), nullable=False),
    Column("izsniegts", Date, nullable=False),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)

_PAYMENTS = Rows(
    source=MAKSAJUMS,
    on=MAKSAJUMS.c.pakalpojums_id == PAKALPOJUMS.c.id,
    order_by=(MAKSAJUMS.c.menesis, MAKSAJUMS.c.id),
    windowed=Windowed(column=MAKSAJUMS.c.menesis, monthly=True),
    columns={
        "for_month": MAKSAJUMS.c.menesis,
        "paid_on": MAKSAJUMS.c.izmaksats,
        "gross": MAKSAJUMS.c.bruto,
        "tax_withheld": MAKSAJUMS.c.iin,
        "net": MAKSAJUMS.c.neto,
    },
)
_BENEFITS = Rows(
    source=PAKALPOJUMS,
    on=PAKALPOJUMS.c.persona_id == PERSONA.c.id,
    where=PAKALPOJUMS.c.ieraksta_lidz.is_(None),
    order_by=(PAKALPOJUMS.c.no_datuma, PAKALPOJUMS.c.id),
    columns={
        "kind": PAKALPOJUMS.c.virsis_nr,
        "decision_no": PAKALPOJUMS.c.lemuma_nr,
        "decision_date": PAKALPOJUMS.c.lemuma_datums,
        "granted_amount": PAKALPOJUMS.c.apmers,
        "basis": PAKALPOJUMS.c.apmera_veids,
        "entitlement_from": PAKALPOJUMS.c.no_datuma,
        "entitlement_to": PAKALPOJUMS.c.lidz_datumam,
        "recipient_code": PAKALPOJUMS.c.sanemeja_kods,
        "recipient_first_name": PAKALPOJUMS.c.sanemeja_vards,
        "recipient_last_name": PAKALPOJUMS.c.sanemeja_uzvards,
        "payee_account": PAKALPOJUMS.c.konts,
        "child_code": PAKALPOJUMS.c.berna_kods,
        "child_first_name": PAKALPOJUMS.c.berna_vards,
        "child_last_name": PAKALPOJUMS.c.berna_uzvards,
        "updated_at": PAKALPOJUMS.c.atjaunots,
    },
    nested={"payments": _PAYMENTS},
)
_PERIODS = Rows(
    source=STAZA_PERIODS,
    on=STAZA_PERIODS.c.persona_id == PERSONA.c.id,
    where=STAZA_PERIODS.c.ieraksta_lidz.is_(None),
    order_by=(STAZA_PERIODS.c.no_datuma, STAZA_PERIODS.c.id),
    columns={
        "kind": STAZA_PERIODS.c.veids,
        "valid_from": STAZA_PERIODS.c.no_datuma,
        "valid_to": STAZA_PERIODS.c.lidz_datumam,
        "updated_at": STAZA_PERIODS.c.atjaunots,
    },
)
_CONTRIBUTIONS = Rows(
    source=IEMAKSA,
    on=IEMAKSA.c.persona_id == PERSONA.c.id,
    order_by=(IEMAKSA.c.menesis, IEMAKSA.c.id),
    windowed=Windowed(column=IEMAKSA.c.menesis, monthly=True),
    columns={
        "for_month": IEMAKSA.c.menesis,
        "object": IEMAKSA.c.objekts,
        "amount": IEMAKSA.c.summa,
    },
)
_SECOND_PILLAR = Rows(
    source=FONDETA_PENSIJA,
    on=FONDETA_PENSIJA.c.persona_id == PERSONA.c.id,
    single=True,
    columns={
        "joined_on": FONDETA_PENSIJA.c.pievienojies,
        "manager": FONDETA_PENSIJA.c.parvalditajs,
        "plan": FONDETA_PENSIJA.c.plans,
        "capital": FONDETA_PENSIJA.c.kapitals,
        "capital_on": FONDETA_PENSIJA.c.kapitala_datums,
        "updated_at": FONDETA_PENSIJA.c.atjaunots,
    },
)
_A1 = Rows(
    source=A1_SERTIFIKATS,
    on=A1_SERTIFIKATS.c.persona_id == PERSONA.c.id,
    order_by=(A1_SERTIFIKATS.c.no_datuma, A1_SERTIFIKATS.c.id),
    columns={
        "number": A1_SERTIFIKATS.c.numurs,
        "country": A1_SERTIFIKATS.c.valsts,
        "issued_on": A1_SERTIFIKATS.c.izsniegts,
        "valid_from": A1_SERTIFIKATS.c.no_datuma,
        "valid_to": A1_SERTIFIKATS.c.lidz_datumam,
        "updated_at": A1_SERTIFIKATS.c.atjaunots,
    },
)

RECORD = Record(
    key=PERSONA.c.personas_kods,
    rows=Rows(
        source=PERSONA,
        columns={"generated_code": PERSONA.c.generets_kods},
        nested={
            "benefits": _BENEFITS,
            "insurance_periods": _PERIODS,
            "contributions": _CONTRIBUTIONS,
            "second_pillar": _SECOND_PILLAR,
            "a1_certificates": _A1,
        },
    ),
)
