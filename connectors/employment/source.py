"""Source tables of BURVIS, as NVA keeps them, and which column holds which fact.

A corrected status is never overwritten: it gets ``ieraksta_lidz`` and a new row follows it. A file
is opened per personal code; nothing in the source joins the files of one person.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    MetaData,
    String,
    Table,
    Text,
)

from connectors.transports.sql_rows import Record, Rows

SCHEMA = "burvis"
METADATA = MetaData(schema=SCHEMA)

FILIALE = Table(
    "filiale",
    METADATA,
    Column("kods", String(7), primary_key=True),
    Column("nosaukums", Text, nullable=False),
)
KLIENTS = Table(
    "klients",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("personas_kods", String(11), nullable=False, unique=True),
    Column("vards", String(100)),
    Column("uzvards", String(100)),
    Column("atverts", Date, nullable=False),
)
STATUSS = Table(
    "statuss",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("klients_id", ForeignKey("burvis.klients.id"), nullable=False, index=True),
    Column("filiale_kods", ForeignKey("burvis.filiale.kods")),
    Column("veids", String(4), nullable=False),
    Column("pieskirts", Date, nullable=False),
    Column("pieskirsanas_lemums", Date, nullable=False),
    Column("zaudets", Date),
    Column("zaudesanas_lemums", Date),
    Column("zaudesanas_iemesls", String(8)),
    Column("ieraksta_lidz", DateTime(timezone=True)),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
PASAKUMS = Table(
    "pasakums",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("klients_id", ForeignKey("burvis.klients.id"), nullable=False, index=True),
    Column("virsis_nr", String(8), nullable=False),
    Column("sakums", Date, nullable=False),
    Column("beigas", Date),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
IZGLITIBA = Table(
    "izglitiba",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("klients_id", ForeignKey("burvis.klients.id"), nullable=False, index=True),
    Column("limenis", String(8), nullable=False),
    Column("iestade", Text),
    Column("joma", Text),
    Column("pabeigta", Date, nullable=False),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
VALODA = Table(
    "valoda",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("klients_id", ForeignKey("burvis.klients.id"), nullable=False, index=True),
    Column("kods", String(2), nullable=False),
    Column("limenis", String(2), nullable=False),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
PIEREDZE = Table(
    "pieredze",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("klients_id", ForeignKey("burvis.klients.id"), nullable=False, index=True),
    Column("darba_devejs", Text),
    Column("deveja_reg_nr", String(11)),
    Column("profesijas_kods", String(8)),
    Column("profesija", Text),
    Column("no_datuma", Date, nullable=False),
    Column("lidz_datumam", Date),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)
CV = Table(
    "cv",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("klients_id", ForeignKey("burvis.klients.id"), nullable=False, index=True),
    Column("publicets", Date, nullable=False),
    Column("virsraksts", Text),
    Column("velama_profesija", Text),
    Column("autovaditaja_kategorijas", String(16)),
    Column("aktivs", Boolean, nullable=False),
    Column("atjaunots", DateTime(timezone=True), nullable=False),
)

_SPELLS = Rows(
    source=STATUSS.outerjoin(FILIALE),
    on=STATUSS.c.klients_id == KLIENTS.c.id,
    where=STATUSS.c.ieraksta_lidz.is_(None),
    order_by=(STATUSS.c.id,),
    columns={
        "status": STATUSS.c.veids,
        "granted_on": STATUSS.c.pieskirts,
        "granted_decided_on": STATUSS.c.pieskirsanas_lemums,
        "ended_on": STATUSS.c.zaudets,
        "ended_decided_on": STATUSS.c.zaudesanas_lemums,
        "end_reason": STATUSS.c.zaudesanas_iemesls,
        "branch": FILIALE.c.nosaukums,
        "source_updated_at": STATUSS.c.atjaunots,
    },
)
_MEASURES = Rows(
    source=PASAKUMS,
    on=PASAKUMS.c.klients_id == KLIENTS.c.id,
    order_by=(PASAKUMS.c.id,),
    columns={
        "kind": PASAKUMS.c.virsis_nr,
        "begins": PASAKUMS.c.sakums,
        "ends": PASAKUMS.c.beigas,
        "source_updated_at": PASAKUMS.c.atjaunots,
    },
)
_EDUCATION = Rows(
    source=IZGLITIBA,
    on=IZGLITIBA.c.klients_id == KLIENTS.c.id,
    order_by=(IZGLITIBA.c.id,),
    columns={
        "level": IZGLITIBA.c.limenis,
        "institution": IZGLITIBA.c.iestade,
        "field": IZGLITIBA.c.joma,
        "completed_on": IZGLITIBA.c.pabeigta,
        "source_updated_at": IZGLITIBA.c.atjaunots,
    },
)
_LANGUAGES = Rows(
    source=VALODA,
    on=VALODA.c.klients_id == KLIENTS.c.id,
    order_by=(VALODA.c.id,),
    columns={
        "language": VALODA.c.kods,
        "level": VALODA.c.limenis,
        "source_updated_at": VALODA.c.atjaunots,
    },
)
_JOBS = Rows(
    source=PIEREDZE,
    on=PIEREDZE.c.klients_id == KLIENTS.c.id,
    order_by=(PIEREDZE.c.id,),
    columns={
        "employer": PIEREDZE.c.darba_devejs,
        "employer_reg_no": PIEREDZE.c.deveja_reg_nr,
        "occupation_code": PIEREDZE.c.profesijas_kods,
        "occupation": PIEREDZE.c.profesija,
        "begins": PIEREDZE.c.no_datuma,
        "ends": PIEREDZE.c.lidz_datumam,
        "source_updated_at": PIEREDZE.c.atjaunots,
    },
)
_CVS = Rows(
    source=CV,
    on=CV.c.klients_id == KLIENTS.c.id,
    order_by=(CV.c.id,),
    columns={
        "published_on": CV.c.publicets,
        "headline": CV.c.virsraksts,
        "wanted_occupation": CV.c.velama_profesija,
        "driving_licence": CV.c.autovaditaja_kategorijas,
        "active": CV.c.aktivs,
        "source_updated_at": CV.c.atjaunots,
    },
)

RECORD = Record(
    key=KLIENTS.c.personas_kods,
    rows=Rows(
        source=KLIENTS,
        nested={
            "spells": _SPELLS,
            "measures": _MEASURES,
            "education": _EDUCATION,
            "languages": _LANGUAGES,
            "jobs": _JOBS,
            "cvs": _CVS,
        },
    ),
)
