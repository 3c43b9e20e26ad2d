"""The order of the log: months of entries, the tree over them, and what they are found by."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MONTHS = """
DROP FUNCTION hub.append_entries(
    uuid, bigint, bytea, text[], timestamptz[], text[], int[], bytea[], bytea[], bytea[], bytea[],
    text[], bytea[], text[], timestamptz
);
ALTER TABLE hub.access_entry RENAME TO access_entry_before;
ALTER TABLE hub.access_entry_before RENAME CONSTRAINT access_entry_pkey TO access_entry_before_pkey;
ALTER INDEX hub.access_entry_operation RENAME TO access_entry_before_operation;
CREATE SEQUENCE hub.access_entry_arrival AS bigint CACHE 1;
CREATE TABLE hub.access_entry (
    writer uuid NOT NULL,
    wseq bigint NOT NULL CONSTRAINT access_entry_wseq_check CHECK (wseq > 0),
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    operation_id text NOT NULL,
    at timestamptz NOT NULL,
    open text NOT NULL,
    salt bytea NOT NULL,
    sealed bytea,
    index bytea,
    arrival bigint NOT NULL DEFAULT nextval('hub.access_entry_arrival'),
    CONSTRAINT access_entry_hash_check
        CHECK (octet_length(hash) = 32 AND octet_length(previous) = 32),
    PRIMARY KEY (writer, wseq, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE hub.access_entry_arrival OWNED BY hub.access_entry.arrival;
CREATE INDEX access_entry_operation ON hub.access_entry (operation_id);
CREATE INDEX access_entry_arrival_order ON hub.access_entry (arrival);
CREATE TABLE hub.access_entry_default PARTITION OF hub.access_entry DEFAULT
"""

ADD_MONTH = """
CREATE FUNCTION hub.add_log_partition(month date) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
-- Give a month (UTC) a partition of its own, if it has none; entries that waited for it in the
-- default partition move, all at once for whoever reads.
DECLARE
    first CONSTANT timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    after CONSTANT timestamptz
        := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    partition CONSTANT text := 'access_entry_' || to_char(month, 'YYYY_MM');
BEGIN
    PERFORM pg_advisory_xact_lock(1986948964);
    IF to_regclass('hub.' || partition) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE hub.%I (LIKE hub.access_entry INCLUDING ALL)', partition);
    IF EXISTS (SELECT FROM hub.access_entry_default d WHERE d.at >= first AND d.at < after) THEN
        LOCK TABLE hub.access_entry_default IN ACCESS EXCLUSIVE MODE;
        EXECUTE format(
            'WITH moved AS ('
            '    DELETE FROM hub.access_entry_default WHERE at >= $1 AND at < $2 RETURNING *'
            ') INSERT INTO hub.%I SELECT * FROM moved', partition
        ) USING first, after;
    END IF;
    EXECUTE format(
        'ALTER TABLE hub.access_entry ATTACH PARTITION hub.%I FOR VALUES FROM (%L) TO (%L)',
        partition, first, after
    );
END
$$
"""

ENSURE = """
CREATE FUNCTION hub.ensure_log_partitions(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms'
AS $$
-- Make partitions for ``month`` and the one that follows. The runtime role may ask for this, as
-- the tables' owner, near the present: there is nothing else it can have made.
BEGIN
    IF month NOT BETWEEN CAST(now() AS date) - 62 AND CAST(now() AS date) + 62 THEN
        RAISE EXCEPTION 'partitions are made for months near the present alone'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM hub.add_log_partition(month);
    PERFORM hub.add_log_partition(CAST(date_trunc('month', month) + interval '1 month' AS date));
END
$$
"""

CARRY = """
SELECT hub.add_log_partition(CAST(found.month AS date))
FROM (
    SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC') AS month
    FROM hub.access_entry_before
) AS found;
INSERT INTO hub.access_entry (
    writer, wseq, previous, hash, operation_id, at, open, salt, sealed, index
)
SELECT writer, wseq, previous, hash, operation_id, at, open, salt, sealed, index
FROM hub.access_entry_before ORDER BY at, writer, wseq;
DROP TABLE hub.access_entry_before;
SELECT hub.ensure_log_partitions(CAST(now() AT TIME ZONE 'UTC' AS date));
REVOKE EXECUTE ON FUNCTION hub.add_log_partition(date) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION hub.ensure_log_partitions(date) FROM PUBLIC
"""

TREE = """
CREATE TABLE hub.log_writer (
    writer uuid PRIMARY KEY,
    wseq bigint NOT NULL,
    hash bytea NOT NULL
);
CREATE TABLE hub.log_mark (
    sole boolean PRIMARY KEY DEFAULT true CONSTRAINT log_mark_sole_check CHECK (sole),
    arrival bigint NOT NULL
);
INSERT INTO hub.log_mark (arrival) VALUES (0);
CREATE TABLE hub.log_head (
    year smallint PRIMARY KEY,
    size bigint NOT NULL,
    edge bytea NOT NULL
);
CREATE TABLE hub.log_tile (
    year smallint NOT NULL,
    level smallint NOT NULL,
    index bigint NOT NULL,
    hashes bytea NOT NULL,
    CONSTRAINT log_tile_hashes_check CHECK (octet_length(hashes) = 8192),
    PRIMARY KEY (year, level, index)
);
ALTER TABLE hub.log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
CREATE TABLE hub.log_checkpoint (
    year smallint NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    at timestamptz NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (year, size)
);
CREATE TABLE hub.log_cosignature (
    year smallint NOT NULL,
    size bigint NOT NULL,
    witness text NOT NULL,
    line text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (year, size, witness)
);
CREATE INDEX log_cosignature_witness ON hub.log_cosignature (witness, year, size);
CREATE TABLE hub.log_alarm (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL
        CONSTRAINT log_alarm_kind_check CHECK (kind IN ('gap', 'link', 'columns')),
    writer uuid NOT NULL,
    wseq bigint NOT NULL,
    missing bigint NOT NULL DEFAULT 0,
    CONSTRAINT log_alarm_once UNIQUE (kind, writer, wseq)
)
"""

ENTRIES = """
CREATE TABLE hub.log_entry (
    year smallint NOT NULL,
    position bigint NOT NULL,
    writer uuid NOT NULL,
    wseq bigint NOT NULL,
    at timestamptz NOT NULL,
    operation_id text NOT NULL,
    decision text NOT NULL,
    client text,
    recipient text,
    agreement text,
    revision integer,
    purpose text,
    action text,
    "case" text,
    official text,
    consent text,
    consent_revision integer,
    registers text[] NOT NULL,
    categories text[] NOT NULL,
    codes text[] NOT NULL,
    question text[] NOT NULL,
    visibility text NOT NULL,
    person_acting boolean NOT NULL,
    index bytea,
    PRIMARY KEY (year, position)
);
CREATE INDEX log_entry_at ON hub.log_entry (at);
CREATE INDEX log_entry_operation ON hub.log_entry (operation_id);
CREATE INDEX log_entry_person ON hub.log_entry (index, year, position) WHERE index IS NOT NULL;
CREATE INDEX log_entry_agreement ON hub.log_entry (agreement, year, position);
CREATE INDEX log_entry_client ON hub.log_entry (client, year, position);
CREATE INDEX log_entry_recipient ON hub.log_entry (recipient, year, position);
CREATE INDEX log_entry_purpose ON hub.log_entry (purpose, year, position);
CREATE INDEX log_entry_decision ON hub.log_entry (decision, year, position)
    WHERE decision <> 'disclosed';
CREATE INDEX log_entry_official ON hub.log_entry (official, year, position)
    WHERE official IS NOT NULL;
CREATE INDEX log_entry_case ON hub.log_entry ("case", year, position) WHERE "case" IS NOT NULL;
CREATE INDEX log_entry_consent ON hub.log_entry (consent, year, position)
    WHERE consent IS NOT NULL;
CREATE INDEX log_entry_registers ON hub.log_entry
    (hash_array_extended(array_append(registers, recipient), 0), year, position);
CREATE INDEX log_entry_categories ON hub.log_entry
    (hash_array_extended(array_append(categories, recipient), 0), year, position);
CREATE INDEX log_entry_codes ON hub.log_entry
    (hash_array_extended(array_append(codes, recipient), 0), year, position) WHERE codes <> '{}'
"""


def upgrade() -> None:
    for block in (MONTHS, ADD_MONTH, ENSURE, CARRY, TREE, ENTRIES):
        for statement in (block,) if "$$" in block else block.split(";"):
            op.execute(statement)


def downgrade() -> None:
    msg = "the access log is never taken down; restore a backup instead"
    raise NotImplementedError(msg)
