"""Holds, orders to destroy keys, findings, and whatever else officers record."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from hub.storage.tables.base import INSTANT, metadata

hold = Table(
    "hold",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("year", SmallInteger),
    Column("agreement", Text),
    Column("sealed", LargeBinary),
    Column("reason", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("lifted_by", Text),
    Column("lifted_at", INSTANT),
    CheckConstraint("kind IN ('person', 'year', 'agreement')", name="kind"),
    CheckConstraint(
        "CASE kind WHEN 'person' THEN agreement IS NULL"
        " WHEN 'year' THEN year IS NOT NULL AND agreement IS NULL AND sealed IS NULL"
        " ELSE agreement IS NOT NULL AND sealed IS NULL END",
        name="what",
    ),
)
"""What must not be destroyed; ``sealed`` is the person's code, gone when the hold is lifted."""

hold_index = Table(
    "hold_index",
    metadata,
    Column("hold", Text, ForeignKey("hub.hold.id"), primary_key=True),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("index", LargeBinary, nullable=False),
    Index("hold_index_person", "year", "index"),
)
"""Blind indexes of persons held, one for each year their keys may be of."""

destruction_order = Table(
    "destruction_order",
    metadata,
    Column("id", Text, primary_key=True),
    Column("ground", Text, nullable=False),
    Column("years", ARRAY(SmallInteger), nullable=False),
    Column("sealed", LargeBinary),
    Column("ordered_by", Text, nullable=False),
    Column("ordered_at", INSTANT, nullable=False),
    Column("confirmed_by", Text),
    Column("confirmed_at", INSTANT),
    Column("carried_out_at", INSTANT),
    Column("keys", Integer),
    Column("upto", BigInteger),
    Column("finished_at", INSTANT),
    CheckConstraint("lower(confirmed_by) <> lower(ordered_by)", name="two"),
    CheckConstraint("carried_out_at IS NULL OR confirmed_by IS NOT NULL", name="after"),
)
"""Two officers' order; ``upto`` is the last arrival whose blind index goes with the keys."""

destruction_key = Table(
    "destruction_key",
    metadata,
    Column("order_id", Text, ForeignKey("hub.destruction_order.id"), primary_key=True),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("index", LargeBinary, nullable=False),
)

key_epoch = Table(
    "key_epoch",
    metadata,
    Column("sole", Boolean, primary_key=True, server_default=text("true")),
    Column("epoch", BigInteger, nullable=False),
    CheckConstraint("sole", name="sole"),
)
"""Grows whenever keys were destroyed, so that replicas forget those in their memory."""

RETENTION_GRANTS: dict[str, str] = {
    "hold": "SELECT, INSERT",
    "hold_index": "SELECT, INSERT",
    "destruction_order": "SELECT",
    "destruction_key": "SELECT",
    "key_epoch": "SELECT",
}
RETENTION_FUNCTIONS: dict[str, str] = {
    "lift_hold(text, text, timestamptz)": "EXECUTE",
    "order_destruction(text, text, bytea, smallint[], bytea[], text, timestamptz)": "EXECUTE",
    "confirm_destruction(text, bytea[], text, timestamptz)": "EXECUTE",
    "destruction_obstacles(text)": "EXECUTE",
    "carry_out_destruction(text, timestamptz)": "EXECUTE",
    "finish_destruction(text, timestamptz)": "EXECUTE",
}

GRANTS: dict[str, str] = RETENTION_GRANTS
FUNCTIONS: dict[str, str] = RETENTION_FUNCTIONS
