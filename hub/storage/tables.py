"""Tables of the schema ``hub``: what migrations build, and a test compares with what they built.

Nothing here holds a personal code in clear; ``token`` and ``index`` are keyed HMACs.
"""

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
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

SCHEMA = "hub"
INSTANT = TIMESTAMP(timezone=True)
IN_FORCE = "state IN ('given', 'renewed')"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    },
)

access_entry = Table(
    "access_entry",
    metadata,
    Column("writer", UUID, primary_key=True),
    Column("wseq", BigInteger, primary_key=True, autoincrement=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("operation_id", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("open", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("sealed", LargeBinary),
    Column("index", LargeBinary),
    CheckConstraint("wseq > 0", name="wseq"),
    CheckConstraint("octet_length(hash) = 32 AND octet_length(previous) = 32", name="hash"),
    Index("access_entry_operation", "operation_id"),
)

subject_key = Table(
    "subject_key",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("index", LargeBinary, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

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
    Index("consent_head_token", "token"),
    Index(
        "consent_head_in_force",
        *("token", "recipient", "purpose", "scope", "agreement", "agreement_hash"),
        unique=True,
        postgresql_where=text(IN_FORCE),
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
    Index("consent_event_record", "record"),
)

stop_event = Table(
    "stop_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("token", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("begins", Boolean, nullable=False),
    Column("at", INSTANT, nullable=False),
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

agreement_revision = Table(
    "agreement_revision",
    metadata,
    Column("number", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("document", LargeBinary, nullable=False),
    Column("signatures", JSONB, nullable=False),
    CheckConstraint("revision > 0", name="revision"),
)

agreement_version = Table(
    "agreement_version",
    metadata,
    Column("sole", Boolean, primary_key=True, server_default=text("true")),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("sole", name="sole"),
)

client_state = Table(
    "client_state",
    metadata,
    Column("client", Text, primary_key=True),
    Column("disabled", Boolean, nullable=False),
)

scope_member = Table(
    "scope_member",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("agreement", Text, nullable=False),
)

quota_period = Table(
    "quota_period",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("used", BigInteger, nullable=False),
)

quota_use = Table(
    "quota_use",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("token", LargeBinary, primary_key=True),
)

GRANTS: dict[str, str] = {
    # the log and every history: added and read, never changed
    "access_entry": "SELECT, INSERT",
    "subject_key": "SELECT, INSERT",
    "consent_event": "SELECT, INSERT",
    "stop_event": "SELECT, INSERT",
    "agreement_revision": "SELECT, INSERT",
    "quota_use": "SELECT, INSERT",
    # the present state of such a history
    "consent_head": "SELECT, INSERT, UPDATE (state, expires_at)",
    "stop_head": "SELECT, INSERT, UPDATE (active)",
    "agreement_version": "SELECT, UPDATE (version)",
    "quota_period": "SELECT, INSERT, UPDATE (used)",
    "client_state": "SELECT, INSERT, UPDATE (disabled)",
    "scope_member": "SELECT, INSERT, DELETE",
}
"""Privileges of the runtime role, table by table; migrations grant these and revoke the rest."""
