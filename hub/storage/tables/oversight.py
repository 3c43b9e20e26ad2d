"""Holds, orders to destroy keys, findings, and whatever else officers record."""

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
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
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

official = Table(
    "official",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("official", Text, primary_key=True),
    Column("token", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", INSTANT, nullable=False),
    Index("official_person", "token"),
)
"""Who an institution's officials are in private: ``sealed`` is the personal code."""

vip = Table(
    "vip",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", INSTANT, nullable=False),
)
"""Persons whom curiosity seeks; neither column tells who."""

finding = Table(
    "finding",
    metadata,
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("detector", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recipient", Text),
    Column("official", Text),
    Column("client", Text),
    Column("agreement", Text),
    Column("case", Text),
    Column("since", INSTANT, nullable=False),
    Column("until", INSTANT, nullable=False),
    Column("thresholds", Text, nullable=False),
    Column("measured", Text, nullable=False),
    UniqueConstraint("seq", name="finding_order"),
    Index("finding_recipient", "recipient", "seq"),
)
"""Suspicions; ``id`` is a keyed hash of what each is about, so one found twice is one."""

finding_entry = Table(
    "finding_entry",
    metadata,
    Column("finding", Text, ForeignKey("hub.finding.id"), primary_key=True),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("role", Text, nullable=False),
    CheckConstraint("role IN ('evidence', 'baseline')", name="role"),
    Index("finding_entry_cited", "year", "position"),
)
"""Entries from which a finding can be made again."""

finding_event = Table(
    "finding_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("finding", Text, ForeignKey("hub.finding.id"), nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("officer", Text),
    Column("operation_id", Text),
    CheckConstraint("kind IN ('opened', 'closed', 'reopened')", name="kind"),
    CheckConstraint("kind <> 'closed' OR reason IS NOT NULL", name="closed"),
    Index("finding_event_finding", "finding", "seq"),
)
"""What became of findings; the last event of each is its state."""

FINDING_GRANTS: dict[str, str] = {
    "official": "SELECT, INSERT, UPDATE, DELETE",
    "vip": "SELECT, INSERT, DELETE",
    "finding": "SELECT, INSERT",
    "finding_entry": "SELECT, INSERT",
    "finding_event": "SELECT, INSERT",
}

GRANTS: dict[str, str] = RETENTION_GRANTS | FINDING_GRANTS
FUNCTIONS: dict[str, str] = RETENTION_FUNCTIONS
