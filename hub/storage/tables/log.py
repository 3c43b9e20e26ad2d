"""The access log, and the keys of those it tells of."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import UUID

from hub.storage.tables.base import INSTANT, metadata

_ARRIVAL: Final = Sequence("access_entry_arrival", metadata=metadata)

access_entry = Table(
    "access_entry",
    metadata,
    Column("writer", UUID, primary_key=True),
    Column("wseq", BigInteger, primary_key=True, autoincrement=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("operation_id", Text, nullable=False),
    Column("at", INSTANT, primary_key=True),
    Column("open", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("sealed", LargeBinary),
    Column("index", LargeBinary),
    Column("arrival", BigInteger, _ARRIVAL, nullable=False, server_default=_ARRIVAL.next_value()),
    CheckConstraint("wseq > 0", name="wseq"),
    CheckConstraint("octet_length(hash) = 32 AND octet_length(previous) = 32", name="hash"),
    Index("access_entry_operation", "operation_id"),
    Index("access_entry_arrival_order", "arrival"),
    postgresql_partition_by="RANGE (at)",
)
"""Partitions: one for each month, ``access_entry_2026_11``, and ``access_entry_default``."""

subject_key = Table(
    "subject_key",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("index", LargeBinary, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

GRANTS: dict[str, str] = {
    "access_entry": "SELECT, INSERT",
    "subject_key": "SELECT, INSERT",
}

SEQUENCES: dict[str, str] = {"access_entry_arrival": "USAGE"}

FUNCTIONS: dict[str, str] = {"ensure_log_partitions(date)": "EXECUTE"}
"""Of those that are not everybody's."""
