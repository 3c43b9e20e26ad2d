"""Agreements, clients, scopes and quota."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub.storage.tables.base import metadata

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
    "agreement_revision": "SELECT, INSERT",
    "agreement_version": "SELECT, UPDATE (version)",
    "client_state": "SELECT, INSERT, UPDATE (disabled)",
    "scope_member": "SELECT, INSERT, DELETE",
    "quota_period": "SELECT, INSERT, UPDATE (used)",
    "quota_use": "SELECT, INSERT",
}
