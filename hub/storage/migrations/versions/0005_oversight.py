"""What officers record: holds, orders to destroy keys, findings."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RETENTION_TABLES = """
CREATE TABLE hub.hold (
    id text PRIMARY KEY,
    kind text NOT NULL CONSTRAINT hold_kind_check CHECK (kind IN ('person', 'year', 'agreement')),
    year smallint,
    agreement text,
    sealed bytea,
    reason text NOT NULL,
    officer text NOT NULL,
    at timestamptz NOT NULL,
    lifted_by text,
    lifted_at timestamptz,
    CONSTRAINT hold_what_check CHECK (
        CASE kind
            WHEN 'person' THEN agreement IS NULL
            WHEN 'year' THEN year IS NOT NULL AND agreement IS NULL AND sealed IS NULL
            ELSE agreement IS NOT NULL AND sealed IS NULL
        END
    )
);
CREATE TABLE hub.hold_index (
    hold text NOT NULL CONSTRAINT hold_index_hold_fkey REFERENCES hub.hold (id),
    year smallint NOT NULL,
    index bytea NOT NULL,
    PRIMARY KEY (hold, year)
);
CREATE INDEX hold_index_person ON hub.hold_index (year, index);
CREATE TABLE hub.destruction_order (
    id text PRIMARY KEY,
    ground text NOT NULL,
    years smallint[] NOT NULL,
    sealed bytea,
    ordered_by text NOT NULL,
    ordered_at timestamptz NOT NULL,
    confirmed_by text,
    confirmed_at timestamptz,
    carried_out_at timestamptz,
    keys integer,
    upto bigint,
    finished_at timestamptz,
    CONSTRAINT destruction_order_two_check CHECK (lower(confirmed_by) <> lower(ordered_by)),
    CONSTRAINT destruction_order_after_check
        CHECK (carried_out_at IS NULL OR confirmed_by IS NOT NULL)
);
CREATE TABLE hub.destruction_key (
    order_id text NOT NULL
        CONSTRAINT destruction_key_order_id_fkey REFERENCES hub.destruction_order (id),
    year smallint NOT NULL,
    index bytea NOT NULL,
    PRIMARY KEY (order_id, year)
);
CREATE TABLE hub.key_epoch (
    sole boolean PRIMARY KEY DEFAULT true CONSTRAINT key_epoch_sole_check CHECK (sole),
    epoch bigint NOT NULL
);
INSERT INTO hub.key_epoch (epoch) VALUES (0);
CREATE VIEW hub.open_finding_index AS
    SELECT CAST(NULL AS smallint) AS year, CAST(NULL AS bytea) AS index WHERE false
"""

LIFT = """
CREATE FUNCTION hub.lift_hold(hold_id text, officer text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- End a hold and forget whom it was about; false when none stands under that id.
BEGIN
    UPDATE hub.hold SET lifted_by = lift_hold.officer, lifted_at = lift_hold.at, sealed = NULL
    WHERE id = hold_id AND lifted_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM hub.hold_index WHERE hold = hold_id;
    RETURN true;
END
$$
"""

ORDER = """
CREATE FUNCTION hub.order_destruction(
    id text, ground text, sealed bytea, years smallint[], indexes bytea[], officer text,
    at timestamptz
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Record the first officer's order; ``indexes`` are the person's of each of ``years``. What an
-- order is about never changes: the second officer confirms the whole of it.
BEGIN
    INSERT INTO hub.destruction_order (id, ground, years, sealed, ordered_by, ordered_at)
    VALUES (order_destruction.id, order_destruction.ground, order_destruction.years,
            order_destruction.sealed, order_destruction.officer, order_destruction.at);
    INSERT INTO hub.destruction_key (order_id, year, index)
    SELECT order_destruction.id, k.year, k.index
    FROM unnest(order_destruction.years, order_destruction.indexes) AS k (year, index);
END
$$
"""

CONFIRM = """
CREATE FUNCTION hub.confirm_destruction(
    order_id text, indexes bytea[], officer text, at timestamptz
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Record the second officer's word; '' when it was taken, else why not. ``indexes`` are the
-- person's whom the second officer means, of the order's years: both must mean the same.
DECLARE
    found hub.destruction_order;
BEGIN
    SELECT * INTO found FROM hub.destruction_order o WHERE o.id = order_id FOR UPDATE;
    IF found.id IS NULL OR found.confirmed_by IS NOT NULL THEN
        RETURN 'unknown';
    ELSIF (lower(found.ordered_by) <> lower(officer)) IS NOT TRUE THEN
        RETURN 'same_officer';
    ELSIF EXISTS (  -- what is NULL names nobody
        SELECT FROM hub.destruction_key k
        WHERE k.order_id = confirm_destruction.order_id AND (k.index = ANY (indexes)) IS NOT TRUE
    ) THEN
        RETURN 'other_person';
    END IF;
    UPDATE hub.destruction_order o SET confirmed_by = officer, confirmed_at = at
    WHERE o.id = order_id;
    RETURN '';
END
$$
"""

OBSTACLES = """
CREATE FUNCTION hub.destruction_obstacles(order_id text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Tell what forbids carrying an order out now; empty when nothing does.
DECLARE
    found hub.destruction_order;
    told text[] := '{}';
BEGIN
    SELECT * INTO found FROM hub.destruction_order o WHERE o.id = order_id;
    IF found.id IS NULL OR found.carried_out_at IS NOT NULL THEN
        RETURN ARRAY['unknown'];
    END IF;
    IF found.confirmed_by IS NULL OR lower(found.confirmed_by) = lower(found.ordered_by) THEN
        told := told || text 'unconfirmed';
    END IF;
    IF EXISTS (
        SELECT FROM hub.destruction_key k
        WHERE k.order_id = destruction_obstacles.order_id AND (
            EXISTS (SELECT FROM hub.hold_index i WHERE i.year = k.year AND i.index = k.index)
            OR EXISTS (
                SELECT FROM hub.hold h
                WHERE h.lifted_at IS NULL AND h.kind = 'year' AND h.year = k.year
            )
            OR EXISTS (
                SELECT FROM hub.hold h JOIN hub.log_entry e ON e.agreement = h.agreement
                WHERE h.lifted_at IS NULL AND h.kind = 'agreement'
                  AND coalesce(h.year, k.year) = k.year AND e.year = k.year AND e.index = k.index
            )
        )
    ) THEN
        told := told || text 'held';
    END IF;
    IF EXISTS (
        SELECT FROM hub.destruction_key k JOIN hub.open_finding_index f USING (year, index)
        WHERE k.order_id = destruction_obstacles.order_id
    ) THEN
        told := told || text 'finding';
    END IF;
    IF EXISTS (  -- what no hold on an agreement and no finding can have seen yet
        SELECT FROM hub.access_entry a, hub.log_mark m, hub.destruction_key k
        WHERE a.arrival > m.arrival AND a.index = k.index
          AND k.order_id = destruction_obstacles.order_id
    ) THEN
        told := told || text 'unsequenced';
    END IF;
    RETURN told;
END
$$
"""

CARRY_OUT = """
CREATE FUNCTION hub.carry_out_destruction(
    order_id text, at timestamptz, OUT obstacles text[], OUT destroyed integer
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Destroy the keys of an order that two officers gave, or say what forbids it.
-- INVARIANT: this and the end of retention are the only ways in which a person's key ends
BEGIN
    -- a hold or finding under way now commits before this looks, or begins after it has ended
    LOCK TABLE hub.hold, hub.hold_index, hub.finding, hub.finding_event IN SHARE MODE;
    PERFORM 1 FROM hub.destruction_order o WHERE o.id = order_id FOR UPDATE;
    obstacles := hub.destruction_obstacles(order_id);
    destroyed := 0;
    IF obstacles <> '{}' THEN
        RETURN;
    END IF;
    DELETE FROM hub.subject_key s USING hub.destruction_key k
    WHERE k.order_id = carry_out_destruction.order_id AND s.year = k.year AND s.index = k.index;
    GET DIAGNOSTICS destroyed = ROW_COUNT;
    UPDATE hub.destruction_order o
    SET carried_out_at = carry_out_destruction.at, keys = destroyed, sealed = NULL,
        upto = (SELECT coalesce(max(a.arrival), 0) FROM hub.access_entry a)
    WHERE o.id = order_id;
    UPDATE hub.key_epoch SET epoch = epoch + 1;
END
$$
"""

FINISH = """
CREATE FUNCTION hub.finish_destruction(order_id text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
-- Delete the blind indexes of an order's entries, as soon as all of them have been sequenced;
-- false when that is not so yet. Entries made since the destruction have another key and stay.
DECLARE
    last bigint;
BEGIN
    SELECT o.upto INTO last FROM hub.destruction_order o
    WHERE o.id = order_id AND o.carried_out_at IS NOT NULL AND o.finished_at IS NULL FOR UPDATE;
    IF last IS NULL OR NOT EXISTS (SELECT FROM hub.log_mark m WHERE m.arrival >= last) THEN
        RETURN false;
    END IF;
    WITH found AS MATERIALIZED (
        SELECT e.year, e.position, a.writer, a.wseq, a.at
        FROM hub.destruction_key k
        JOIN hub.log_entry e ON e.year = k.year AND e.index = k.index
        JOIN hub.access_entry a ON a.writer = e.writer AND a.wseq = e.wseq AND a.at = e.at
        WHERE k.order_id = finish_destruction.order_id AND a.arrival <= last
    ), blinded AS (
        UPDATE hub.access_entry a SET index = NULL FROM found f
        WHERE a.writer = f.writer AND a.wseq = f.wseq AND a.at = f.at
    )
    UPDATE hub.log_entry e SET index = NULL FROM found f
    WHERE e.year = f.year AND e.position = f.position;
    DELETE FROM hub.destruction_key k WHERE k.order_id = finish_destruction.order_id;
    UPDATE hub.destruction_order o SET finished_at = finish_destruction.at WHERE o.id = order_id;
    RETURN true;
END
$$
"""

YEAR_OBSTACLES = """
CREATE FUNCTION hub.year_obstacles(ending smallint) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
-- Tell what forbids ending the retention of a year; how long it lasts is the policy's to say.
DECLARE
    told text[] := '{}';
BEGIN
    IF ending >= extract(year FROM now() AT TIME ZONE 'UTC') THEN
        told := told || text 'running';
    END IF;
    IF EXISTS (
        SELECT FROM hub.hold h
        WHERE h.lifted_at IS NULL AND (
            (h.kind = 'year' AND h.year = ending)
            OR (h.kind = 'agreement' AND coalesce(h.year, ending) = ending AND EXISTS (
                SELECT FROM hub.log_entry e WHERE e.year = ending AND e.agreement = h.agreement
            ))
        )
    ) OR EXISTS (
        SELECT FROM hub.hold_index i JOIN hub.subject_key s USING (year, index)
        WHERE i.year = ending
    ) THEN
        told := told || text 'held';
    END IF;
    IF EXISTS (SELECT FROM hub.open_finding_index f WHERE f.year = ending) THEN
        told := told || text 'finding';
    END IF;
    IF EXISTS (
        SELECT FROM hub.access_entry a, hub.log_mark m
        WHERE a.arrival > m.arrival AND extract(year FROM a.at AT TIME ZONE 'UTC') = ending
    ) THEN
        told := told || text 'unsequenced';
    END IF;
    RETURN told;
END
$$
"""

OUTLIVES = """
CREATE FUNCTION hub.outlives_its_year(decision text, question text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT decision = 'agreement' OR decision = 'oversight' AND question = '{yearRetired}'
$$
"""

RETIRE = """
CREATE FUNCTION hub.retire_year(
    ending smallint, OUT obstacles text[], OUT entries bigint, OUT keys bigint,
    OUT partitions integer
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
-- Drop a year's entries, keys and rows they are found by; its tree and checkpoints stay, and so
-- do entries that concern nobody and are looked up later: those that put agreements in force, and
-- those that say of a year before that it was dropped. For the owner alone.
DECLARE
    first CONSTANT timestamptz := make_timestamptz(ending, 1, 1, 0, 0, 0, 'UTC');
    after CONSTANT timestamptz := make_timestamptz(ending + 1, 1, 1, 0, 0, 0, 'UTC');
    kept hub.access_entry[];
    piece text;
BEGIN
    LOCK TABLE hub.hold, hub.hold_index, hub.finding, hub.finding_event IN SHARE MODE;
    obstacles := hub.year_obstacles(ending);
    partitions := 0;
    IF obstacles <> '{}' THEN
        RETURN;
    END IF;
    kept := ARRAY(
        SELECT a FROM hub.log_entry e
        JOIN hub.access_entry a ON a.writer = e.writer AND a.wseq = e.wseq AND a.at = e.at
        WHERE e.year = ending AND hub.outlives_its_year(e.decision, e.question)
    );
    DELETE FROM hub.subject_key s WHERE s.year = ending;
    GET DIAGNOSTICS keys = ROW_COUNT;
    DELETE FROM hub.log_entry e
    WHERE e.year = ending AND NOT hub.outlives_its_year(e.decision, e.question);
    GET DIAGNOSTICS entries = ROW_COUNT;
    UPDATE hub.key_epoch SET epoch = epoch + 1;
    LOCK TABLE hub.access_entry IN ACCESS EXCLUSIVE MODE;
    FOR month IN 1..12 LOOP
        piece := format('access_entry_%s_%s', ending, lpad(CAST(month AS text), 2, '0'));
        IF to_regclass('hub.' || piece) IS NOT NULL THEN
            EXECUTE format('DROP TABLE hub.%I', piece);
            partitions := partitions + 1;
        END IF;
    END LOOP;
    DELETE FROM hub.access_entry_default d WHERE d.at >= first AND d.at < after;
    INSERT INTO hub.access_entry SELECT k.* FROM unnest(kept) AS k;
END
$$
"""

RETENTION_RIGHTS = """
REVOKE EXECUTE ON FUNCTION hub.lift_hold(text, text, timestamptz) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION hub.order_destruction(
    text, text, bytea, smallint[], bytea[], text, timestamptz
) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION hub.confirm_destruction(text, bytea[], text, timestamptz) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION hub.destruction_obstacles(text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION hub.carry_out_destruction(text, timestamptz) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION hub.finish_destruction(text, timestamptz) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION hub.retire_year(smallint) FROM PUBLIC
"""

RETENTION = (
    RETENTION_TABLES,
    LIFT,
    ORDER,
    CONFIRM,
    OBSTACLES,
    CARRY_OUT,
    FINISH,
    YEAR_OBSTACLES,
    OUTLIVES,
    RETIRE,
    RETENTION_RIGHTS,
)

FINDING_TABLES = """
CREATE TABLE hub.official (
    recipient text NOT NULL,
    official text NOT NULL,
    token bytea NOT NULL,
    sealed bytea NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (recipient, official)
);
CREATE INDEX official_person ON hub.official (token);
CREATE TABLE hub.vip (
    token bytea PRIMARY KEY,
    sealed bytea NOT NULL,
    at timestamptz NOT NULL
);
CREATE TABLE hub.finding (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT finding_order UNIQUE,
    at timestamptz NOT NULL,
    detector text NOT NULL,
    version integer NOT NULL,
    recipient text,
    official text,
    client text,
    agreement text,
    "case" text,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    thresholds text NOT NULL,
    measured text NOT NULL
);
CREATE INDEX finding_recipient ON hub.finding (recipient, seq);
CREATE TABLE hub.finding_entry (
    finding text NOT NULL CONSTRAINT finding_entry_finding_fkey REFERENCES hub.finding (id),
    year smallint NOT NULL,
    position bigint NOT NULL,
    role text NOT NULL
        CONSTRAINT finding_entry_role_check CHECK (role IN ('evidence', 'baseline')),
    PRIMARY KEY (finding, year, position)
);
CREATE INDEX finding_entry_cited ON hub.finding_entry (year, position);
CREATE TABLE hub.finding_event (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    finding text NOT NULL CONSTRAINT finding_event_finding_fkey REFERENCES hub.finding (id),
    at timestamptz NOT NULL,
    kind text NOT NULL
        CONSTRAINT finding_event_kind_check CHECK (kind IN ('opened', 'closed', 'reopened')),
    reason text,
    officer text,
    operation_id text,
    CONSTRAINT finding_event_closed_check CHECK (kind <> 'closed' OR reason IS NOT NULL)
);
CREATE INDEX finding_event_finding ON hub.finding_event (finding, seq);
CREATE OR REPLACE VIEW hub.open_finding_index AS
    SELECT e.year, e.index
    FROM hub.log_entry e
    JOIN hub.finding_entry c ON c.year = e.year AND c.position = e.position
    WHERE e.index IS NOT NULL AND 'closed' <> (
        SELECT v.kind FROM hub.finding_event v
        WHERE v.finding = c.finding ORDER BY v.seq DESC LIMIT 1
    )
"""

FINDINGS = (FINDING_TABLES,)
"""Replaces ``hub.open_finding_index (year smallint, index bytea)`` by what open findings cite."""


def upgrade() -> None:
    for block in (*RETENTION, *FINDINGS):
        for statement in (block,) if "$$" in block else block.split(";"):
            op.execute(statement)


def downgrade() -> None:
    msg = "the access log is never taken down; restore a backup instead"
    raise NotImplementedError(msg)
