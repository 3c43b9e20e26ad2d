"""Source tables of IIS, as VDEĀVK keeps them, and which column holds which fact.

A corrected row is never overwritten: it gets ``ieraksta_lidz`` and a new row follows it.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    MetaData,
    SmallInteger,
    String,
    Table,
)

from connectors.transports.sql_rows import Record, Rows

SCHEMA = "iis"
METADATA = MetaData(schema=SCHEMA)

PERSONA = Table(
    "persona",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("personas_kods", String(11), nullable=False, unique=True),
    Column("vards", String(100)),
    Column("uzvards", String(100)),
    Column("miris", Date),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
PARSTAVIS = Table(
    "parstavis",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("iis.persona.id"), nullable=False, index=True),
    Column("parstavja_kods", String(11), nullable=False),
    Column("vards", String(100)),
    Column("uzvards", String(100)),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
)
IESNIEGUMS = Table(
    "iesniegums",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("iis.persona.id"), nullable=False, index=True),
    Column("sanemts", Date, nullable=False),
    Column("ekspertizes_veids", String(8), nullable=False),
    Column("ekspertize_sakta", Date),
    Column("pabeigts", Date),
    Column("rezultats", String(8)),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
LEMUMS = Table(
    "lemums",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("iis.persona.id"), nullable=False, index=True),
    Column("numurs", String(32), nullable=False),
    Column("datums", Date, nullable=False),
    Column("iesnieguma_datums", Date),
    Column("ekspertizes_veids", String(8), nullable=False),
    Column("statuss", String(8), nullable=False),
    Column("grupa", String(3)),
    Column("darbspeju_zudums", SmallInteger),
    Column("celonis", String(12)),
    Column("ssk10_grupas", ARRAY(String(16))),
    Column("speka_no", Date, nullable=False),
    Column("speka_lidz", Date),
    Column("atcelts_no", Date),
    Column("ieraksta_lidz", DateTime(timezone=True)),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
ATZINUMS = Table(
    "atzinums",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("lemums_id", ForeignKey("iis.lemums.id"), nullable=False, index=True),
    Column("veids", String(12), nullable=False),
    Column("speka_no", Date, nullable=False),
    Column("speka_lidz", Date),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
APLIECIBA = Table(
    "aplieciba",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("iis.persona.id"), nullable=False, index=True),
    Column("numurs", String(16), nullable=False),
    Column("izsniegta", Date, nullable=False),
    Column("deriga_lidz", Date),
    Column("anuleta_no", Date),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)

_OPINIONS = Rows(
    source=ATZINUMS,
    on=ATZINUMS.c.lemums_id == LEMUMS.c.id,
    order_by=(ATZINUMS.c.id,),
    columns={
        "kind": ATZINUMS.c.veids,
        "valid_from": ATZINUMS.c.speka_no,
        "valid_to": ATZINUMS.c.speka_lidz,
        "updated_at": ATZINUMS.c.atjaunots,
    },
)
_DECISIONS = Rows(
    source=LEMUMS,
    on=LEMUMS.c.persona_id == PERSONA.c.id,
    where=LEMUMS.c.ieraksta_lidz.is_(None),
    order_by=(LEMUMS.c.id,),
    columns={
        "decision_no": LEMUMS.c.numurs,
        "decision_date": LEMUMS.c.datums,
        "application_date": LEMUMS.c.iesnieguma_datums,
        "expertise": LEMUMS.c.ekspertizes_veids,
        "status": LEMUMS.c.statuss,
        "group": LEMUMS.c.grupa,
        "loss_pct": LEMUMS.c.darbspeju_zudums,
        "cause": LEMUMS.c.celonis,
        "impairments": LEMUMS.c.ssk10_grupas,
        "valid_from": LEMUMS.c.speka_no,
        "valid_to": LEMUMS.c.speka_lidz,
        "annulled_on": LEMUMS.c.atcelts_no,
        "updated_at": LEMUMS.c.atjaunots,
    },
    nested={"opinions": _OPINIONS},
)
_APPLICATIONS = Rows(
    source=IESNIEGUMS,
    on=IESNIEGUMS.c.persona_id == PERSONA.c.id,
    order_by=(IESNIEGUMS.c.id,),
    columns={
        "application_date": IESNIEGUMS.c.sanemts,
        "expertise": IESNIEGUMS.c.ekspertizes_veids,
        "examined_from": IESNIEGUMS.c.ekspertize_sakta,
        "closed_on": IESNIEGUMS.c.pabeigts,
        "result": IESNIEGUMS.c.rezultats,
        "updated_at": IESNIEGUMS.c.atjaunots,
    },
)
_CERTIFICATES = Rows(
    source=APLIECIBA,
    on=APLIECIBA.c.persona_id == PERSONA.c.id,
    order_by=(APLIECIBA.c.id,),
    columns={
        "number": APLIECIBA.c.numurs,
        "issued_on": APLIECIBA.c.izsniegta,
        "valid_to": APLIECIBA.c.deriga_lidz,
        "annulled_on": APLIECIBA.c.anuleta_no,
        "updated_at": APLIECIBA.c.atjaunots,
    },
)
_REPRESENTATIVES = Rows(
    source=PARSTAVIS,
    on=PARSTAVIS.c.persona_id == PERSONA.c.id,
    order_by=(PARSTAVIS.c.id,),
    columns={
        "code": PARSTAVIS.c.parstavja_kods,
        "first_name": PARSTAVIS.c.vards,
        "last_name": PARSTAVIS.c.uzvards,
        "valid_from": PARSTAVIS.c.no_datuma,
        "valid_to": PARSTAVIS.c.lidz_datumam,
    },
)

RECORD = Record(
    key=PERSONA.c.personas_kods,
    rows=Rows(
        source=PERSONA,
        columns={
            "first_name": PERSONA.c.vards,
            "last_name": PERSONA.c.uzvards,
            "death_date": PERSONA.c.miris,
            "updated_at": PERSONA.c.atjaunots,
        },
        nested={
            "decisions": _DECISIONS,
            "applications": _APPLICATIONS,
            "certificates": _CERTIFICATES,
            "representatives": _REPRESENTATIVES,
        },
    ),
)
