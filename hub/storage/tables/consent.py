"""Consents, restrictions and objections: histories, and their present state."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub.storage.tables.base import INSTANT, metadata

consent_head = Table(
    "consent_head",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token", LargeBinary, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("agreement", Text, nullable=False),
    Column("agreement_hash", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("expires_at", INSTANT),
    Column("revision", Integer, nullable=False),
    Column("closed", Boolean, nullable=False),
    Index("consent_head_token", "token"),
    Index(
        "consent_head_standing",
        *("token", "recipient", "purpose", "scope", "agreement", "agreement_hash"),
        unique=True,
        postgresql_where=text("NOT closed"),
    ),
)

consent_event = Table(
    "consent_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("record", Text, ForeignKey("hub.consent_head.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("expires_at", INSTANT),
    Column("via", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("speaker", LargeBinary, nullable=False),
    Column("capacity", Text, nullable=False),
    Column("operation", Text),
    Column("notice", JSONB),
    Index("consent_event_revision", "record", "revision", unique=True),
    Index("consent_event_operation", "operation"),
)

stop_event = Table(
    "stop_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("token", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("state", Text, nullable=False),
    Column("speaker", LargeBinary, nullable=False),
    Column("capacity", Text, nullable=False),
    Column("agreement", Text),
    Column("via", Text, nullable=False),
    Column("operation", Text),
    Column("reason", Text),
    Column("institution", Text),
    Column("officer", Text),
    Column("told_at", INSTANT),
    CheckConstraint(
        "state NOT IN ('upheld', 'overridden')"
        " OR (reason IS NOT NULL AND institution IS NOT NULL AND officer IS NOT NULL)",
        name="decided",
    ),
    Index("stop_event_token", "token"),
)

stop_head = Table(
    "stop_head",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("purpose", Text, primary_key=True),
    Column("active", Boolean, nullable=False),
    CheckConstraint("kind IN ('restriction', 'objection')", name="kind"),
)

GRANTS: dict[str, str] = {
    "consent_head": "SELECT, INSERT, UPDATE (state, expires_at, revision, closed)",
    "consent_event": "SELECT, INSERT",
    "stop_event": "SELECT, INSERT",
    "stop_head": "SELECT, INSERT, UPDATE (active)",
}
