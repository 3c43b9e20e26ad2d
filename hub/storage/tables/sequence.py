"""The order that the sequencer gives entries: tree, checkpoints, and what entries are found by."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from hub.storage.tables.base import INSTANT, metadata


def set_of(column: str) -> TextClause:
    """Return what is the same for all entries that list the same in ``column`` to one recipient."""
    return text(f"hash_array_extended(array_append({column}, recipient), 0)")


log_writer = Table(
    "log_writer",
    metadata,
    Column("writer", UUID, primary_key=True),
    Column("wseq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""How far each writer's entries are in the tree, and the hash of the last."""

log_mark = Table(
    "log_mark",
    metadata,
    Column("sole", Boolean, primary_key=True, server_default=text("true")),
    Column("arrival", BigInteger, nullable=False),
    CheckConstraint("sole", name="sole"),
)
"""Every entry that arrived up to here is in the tree, and no such entry can come any more."""

log_head = Table(
    "log_head",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("edge", LargeBinary, nullable=False),
)
"""Each year's tree: entries in it, and its partial tiles one after another, level 0 first."""

log_tile = Table(
    "log_tile",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
    CheckConstraint("octet_length(hashes) = 8192", name="hashes"),
)
"""Full tiles, 256 hashes each."""

log_checkpoint = Table(
    "log_checkpoint",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("note", Text, nullable=False),
)
"""Checkpoints as signed: one for each size that was ever published."""

log_cosignature = Table(
    "log_cosignature",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("witness", Text, primary_key=True),
    Column("line", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Index("log_cosignature_witness", "witness", "year", "size"),
)
"""Witnesses' signature lines under a checkpoint, each with its newline."""

log_alarm = Table(
    "log_alarm",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("kind", Text, nullable=False),
    Column("writer", UUID, nullable=False),
    Column("wseq", BigInteger, nullable=False),
    Column("missing", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("kind IN ('gap', 'link', 'columns')", name="kind"),
    UniqueConstraint("kind", "writer", "wseq", name="log_alarm_once"),
)
"""What the sequencer found wrong: ``missing`` entries before this one, or one that was altered."""

log_entry = Table(
    "log_entry",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("writer", UUID, nullable=False),
    Column("wseq", BigInteger, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("operation_id", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("client", Text),
    Column("recipient", Text),
    Column("agreement", Text),
    Column("revision", Integer),
    Column("purpose", Text),
    Column("action", Text),
    Column("case", Text),
    Column("official", Text),
    Column("consent", Text),
    Column("consent_revision", Integer),
    Column("registers", ARRAY(Text), nullable=False),
    Column("categories", ARRAY(Text), nullable=False),
    Column("codes", ARRAY(Text), nullable=False),
    Column("question", ARRAY(Text), nullable=False),
    Column("visibility", Text, nullable=False),
    Column("person_acting", Boolean, nullable=False),
    Column("index", LargeBinary),
    Index("log_entry_at", "at"),
    Index("log_entry_operation", "operation_id"),
    Index(
        "log_entry_person",
        "index",
        "year",
        "position",
        postgresql_where=text("index IS NOT NULL"),
    ),
    Index("log_entry_agreement", "agreement", "year", "position"),
    Index("log_entry_client", "client", "year", "position"),
    Index("log_entry_recipient", "recipient", "year", "position"),
    Index("log_entry_purpose", "purpose", "year", "position"),
    Index(
        "log_entry_decision",
        "decision",
        "year",
        "position",
        postgresql_where=text("decision <> 'disclosed'"),
    ),
    Index(
        "log_entry_official",
        "official",
        "year",
        "position",
        postgresql_where=text("official IS NOT NULL"),
    ),
    Index(
        "log_entry_case", "case", "year", "position", postgresql_where=text('"case" IS NOT NULL')
    ),
    Index(
        "log_entry_consent",
        "consent",
        "year",
        "position",
        postgresql_where=text("consent IS NOT NULL"),
    ),
    Index("log_entry_registers", set_of("registers"), "year", "position"),
    Index("log_entry_categories", set_of("categories"), "year", "position"),
    Index(
        "log_entry_codes",
        set_of("codes"),
        "year",
        "position",
        postgresql_where=text("codes <> '{}'"),
    ),
)
"""One row for each entry of the tree, in its order; ``index`` alone may ever change, to NULL.

Newest first is ``ORDER BY year DESC, position DESC``; ``(writer, wseq, at)`` finds the entry.
"""

GRANTS: dict[str, str] = {
    "log_writer": "SELECT, INSERT, UPDATE",
    "log_mark": "SELECT, UPDATE",
    "log_head": "SELECT, INSERT, UPDATE",
    "log_tile": "SELECT, INSERT",
    "log_checkpoint": "SELECT, INSERT",
    "log_cosignature": "SELECT, INSERT",
    "log_alarm": "SELECT, INSERT",
    "log_entry": "SELECT, INSERT",
}
