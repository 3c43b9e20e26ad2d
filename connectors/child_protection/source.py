"""Source tables of BAC's registers, and which column holds which fact.

A corrected spell of care is never overwritten: it gets ``ieraksta_lidz`` and a new row follows it.
Why a specialist may not work with children stands in ``liegums_*``, which nothing here reads.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

from connectors.transports.sql_rows import Record, Rows

SCHEMA = "bac"
METADATA = MetaData(schema=SCHEMA)

PERSONA = Table(
    "persona",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("personas_kods", String(11), nullable=False, unique=True),
    Column("vards", String(100)),
    Column("uzvards", String(100)),
)
IESTADE = Table(
    "iestade",
    METADATA,
    Column("reg_nr", String(11), primary_key=True),
    Column("nosaukums", Text, nullable=False),
    Column("veids", String(8), nullable=False),
    Column("adrese", Text),
    Column("vietas", SmallInteger),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
PARBAUDE = Table(
    "parbaude",
    METADATA,
    Column("numurs", String(20), primary_key=True),
    Column("iestade_reg_nr", ForeignKey("bac.iestade.reg_nr"), nullable=False, index=True),
    Column("objekts", Text),
    Column("datums", Date, nullable=False),
    Column("konstatets", Text),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
PARRAUDZIBA = Table(
    "parraudziba",
    METADATA,
    Column("numurs", String(20), primary_key=True),
    Column("iestade_reg_nr", ForeignKey("bac.iestade.reg_nr"), nullable=False, index=True),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
    Column("sledziens", Text),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
APRUPETAJS = Table(
    "aprupetajs",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("personas_kods", String(11), nullable=False),
    Column("vards", String(100)),
    Column("uzvards", String(100)),
)
APRUPE = Table(
    "aprupe",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("bac.persona.id"), nullable=False, index=True),
    Column("aprupetajs_id", ForeignKey("bac.aprupetajs.id")),
    Column("iestade_reg_nr", ForeignKey("bac.iestade.reg_nr")),
    Column("forma", String(12), nullable=False),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
    Column("ieraksta_lidz", DateTime(timezone=True)),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
BARINTIESA = Table(
    "barintiesa",
    METADATA,
    Column("kods", String(10), primary_key=True),
    Column("nosaukums", Text, nullable=False),
    Column("teritorija", String(7), nullable=False),
)
LIETA = Table(
    "lieta",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("bac.persona.id"), nullable=False, index=True),
    Column("barintiesa_kods", ForeignKey("bac.barintiesa.kods")),
    Column("numurs", String(32), nullable=False),
    Column("veids", String(8), nullable=False),
    Column("ierosinata", Date, nullable=False),
    Column("lemums", Text),
    Column("lemuma_datums", Date),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
APLIECIBA = Table(
    "aplieciba",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("bac.persona.id"), nullable=False, index=True),
    Column("barintiesa_kods", ForeignKey("bac.barintiesa.kods")),
    Column("numurs", String(20), nullable=False),
    Column("statuss", String(8), nullable=False),
    Column("izsniegta", Date, nullable=False),
    Column("deriga_lidz", Date, nullable=False),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
SUDZIBA = Table(
    "sudziba",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("bac.persona.id"), nullable=False, index=True),
    Column("numurs", String(32), nullable=False),
    Column("sanemta", Date, nullable=False),
    Column("tema", String(8), nullable=False),
    Column("rezultats", String(8)),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
SPECIALISTS = Table(
    "specialists",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona_id", ForeignKey("bac.persona.id"), nullable=False, index=True),
    Column("amats", String(8), nullable=False),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
    Column("apmaciba_lidz", Date),
    Column("drikst_stradat", Boolean, nullable=False),
    Column("liegums_no", Date),
    Column("liegums_pamats", Text),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)


def _care() -> Rows:
    return Rows(
        source=APRUPE,
        on=APRUPE.c.persona_id == PERSONA.c.id,
        where=APRUPE.c.ieraksta_lidz.is_(None),
        order_by=(APRUPE.c.id,),
        columns={
            "form": APRUPE.c.forma,
            "begins": APRUPE.c.no_datuma,
            "ends": APRUPE.c.lidz_datumam,
            "source_updated_at": APRUPE.c.atjaunots,
        },
        nested={"carer": _CARER, "institution": _INSTITUTION},
    )


_CARER = Rows(
    source=APRUPETAJS,
    on=APRUPETAJS.c.id == APRUPE.c.aprupetajs_id,
    single=True,
    columns={
        "code": APRUPETAJS.c.personas_kods,
        "first_name": APRUPETAJS.c.vards,
        "last_name": APRUPETAJS.c.uzvards,
    },
)
_INSPECTIONS = Rows(
    source=PARBAUDE,
    on=PARBAUDE.c.iestade_reg_nr == IESTADE.c.reg_nr,
    order_by=(PARBAUDE.c.numurs,),
    columns={
        "number": PARBAUDE.c.numurs,
        "subject": PARBAUDE.c.objekts,
        "inspected_on": PARBAUDE.c.datums,
        "findings": PARBAUDE.c.konstatets,
        "source_updated_at": PARBAUDE.c.atjaunots,
    },
)
_SUPERVISIONS = Rows(
    source=PARRAUDZIBA,
    on=PARRAUDZIBA.c.iestade_reg_nr == IESTADE.c.reg_nr,
    order_by=(PARRAUDZIBA.c.numurs,),
    columns={
        "number": PARRAUDZIBA.c.numurs,
        "begins": PARRAUDZIBA.c.no_datuma,
        "ends": PARRAUDZIBA.c.lidz_datumam,
        "conclusion": PARRAUDZIBA.c.sledziens,
        "source_updated_at": PARRAUDZIBA.c.atjaunots,
    },
)
_INSTITUTION = Rows(
    source=IESTADE,
    on=IESTADE.c.reg_nr == APRUPE.c.iestade_reg_nr,
    single=True,
    columns={
        "registration_number": IESTADE.c.reg_nr,
        "name": IESTADE.c.nosaukums,
        "kind": IESTADE.c.veids,
        "address": IESTADE.c.adrese,
        "capacity": IESTADE.c.vietas,
        "source_updated_at": IESTADE.c.atjaunots,
    },
    nested={"inspections": _INSPECTIONS, "supervisions": _SUPERVISIONS},
)
_COURT = Rows(
    source=BARINTIESA,
    on=BARINTIESA.c.kods == LIETA.c.barintiesa_kods,
    single=True,
    columns={
        "code": BARINTIESA.c.kods,
        "name": BARINTIESA.c.nosaukums,
        "territory": BARINTIESA.c.teritorija,
    },
)
_CERTIFICATES = Rows(
    source=APLIECIBA.outerjoin(BARINTIESA),
    on=APLIECIBA.c.persona_id == PERSONA.c.id,
    order_by=(APLIECIBA.c.id,),
    columns={
        "number": APLIECIBA.c.numurs,
        "status": APLIECIBA.c.statuss,
        "issued_by": BARINTIESA.c.nosaukums,
        "issued_on": APLIECIBA.c.izsniegta,
        "valid_to": APLIECIBA.c.deriga_lidz,
        "source_updated_at": APLIECIBA.c.atjaunots,
    },
)
_CASES = Rows(
    source=LIETA,
    on=LIETA.c.persona_id == PERSONA.c.id,
    order_by=(LIETA.c.id,),
    columns={
        "number": LIETA.c.numurs,
        "kind": LIETA.c.veids,
        "opened_on": LIETA.c.ierosinata,
        "decision": LIETA.c.lemums,
        "decided_on": LIETA.c.lemuma_datums,
        "source_updated_at": LIETA.c.atjaunots,
    },
    nested={"court": _COURT},
)
_COMPLAINTS = Rows(
    source=SUDZIBA,
    on=SUDZIBA.c.persona_id == PERSONA.c.id,
    order_by=(SUDZIBA.c.id,),
    columns={
        "number": SUDZIBA.c.numurs,
        "received_on": SUDZIBA.c.sanemta,
        "topic": SUDZIBA.c.tema,
        "outcome": SUDZIBA.c.rezultats,
        "source_updated_at": SUDZIBA.c.atjaunots,
    },
)
_SPECIALISTS = Rows(
    source=SPECIALISTS,
    on=SPECIALISTS.c.persona_id == PERSONA.c.id,
    order_by=(SPECIALISTS.c.id,),
    columns={
        "role": SPECIALISTS.c.amats,
        "begins": SPECIALISTS.c.no_datuma,
        "training_valid_to": SPECIALISTS.c.apmaciba_lidz,
        "permitted": SPECIALISTS.c.drikst_stradat,
        "source_updated_at": SPECIALISTS.c.atjaunots,
    },
)

RECORD = Record(
    key=PERSONA.c.personas_kods,
    rows=Rows(
        source=PERSONA,
        nested={
            "care": _care(),
            "care_history": _care(),
            "certificates": _CERTIFICATES,
            "cases": _CASES,
            "complaints": _COMPLAINTS,
            "specialists": _SPECIALISTS,
        },
    ),
)
