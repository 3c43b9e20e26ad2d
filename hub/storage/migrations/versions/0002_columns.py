"""A batch of the access log comes in columns, each one string of bytes: nothing is told twice.

``append_entries`` stays for replicas of the version before.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND = """
CREATE FUNCTION hub.append_batch(
    told jsonb, hashes bytea, salts bytea, sealed bytea, indexes bytea, watched bytea,
    OUT lapsed bigint[], OUT stopped bigint[]
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
-- planned once a session: planning anew each time costs more than the whole batch
SET plan_cache_mode = force_generic_plan AS $$
-- Write a batch of the access log, or nothing and say why. Positions count from 1.
-- ``told`` holds ``writer``, ``first``, ``now``, ``runs`` of entries with the same open part
-- [operation_id, at, open, entries, bytes of each sealed part, 0 where there is nobody], ids of
-- consents ``cited`` and ``watching`` [purpose, persons]. Hashes, indexes and tokens of those
-- ``watched`` have 32 bytes each, salts 16; the first hash is that of the entry before.
-- Every statement of a function sees what committed before that statement began, so what is
-- read under a lock is what holds until this transaction ends.
DECLARE
    cited text[];
BEGIN
    IF told -> 'cited' <> '[]' THEN
        cited := ARRAY(SELECT jsonb_array_elements_text(told -> 'cited'));
        -- a withdrawal of any of these now waits until the entries are committed
        WITH held AS MATERIALIZED (
            SELECT h.id FROM hub.consent_head h
            WHERE h.id = ANY (cited) AND h.state IN ('given', 'renewed')
              AND (h.expires_at IS NULL OR h.expires_at > CAST(told ->> 'now' AS timestamptz))
            ORDER BY h.id FOR SHARE
        )
        SELECT array_agg(c.position) INTO lapsed
        FROM unnest(cited) WITH ORDINALITY AS c (id, position)
        WHERE c.id NOT IN (SELECT held.id FROM held);
    END IF;
    IF watched <> '' THEN
        -- a restriction has no row yet to lock: whoever begins one takes this lock alone
        PERFORM pg_advisory_xact_lock_shared(1986948963);
        SELECT array_agg(w.position) INTO stopped
        FROM (
            SELECT r.purpose, CAST(r.before + n AS int) AS position
            FROM (
                SELECT u.purpose, u.persons,
                       sum(u.persons) OVER (ORDER BY u.position) - u.persons AS before
                FROM (
                    SELECT w.each ->> 0, CAST(w.each -> 1 AS int), w.position
                    FROM jsonb_array_elements(told -> 'watching')
                        WITH ORDINALITY AS w (each, position)
                ) AS u (purpose, persons, position)
            ) AS r, generate_series(1, r.persons) AS n
        ) AS w, LATERAL (  -- the limit keeps it one look into the index per person
            SELECT FROM hub.stop_head s
            WHERE s.token = substr(watched, w.position * 32 - 31, 32)
              AND s.purpose IN ('', w.purpose) AND s.active
            LIMIT 1
        ) AS standing;
    END IF;
    IF lapsed IS NULL AND stopped IS NULL THEN
        INSERT INTO hub.access_entry (
            writer, wseq, previous, hash, operation_id, at, open, salt, sealed, index
        )
        SELECT CAST(told ->> 'writer' AS uuid), CAST(told -> 'first' AS bigint) + e.place - 1,
               substr(hashes, e.place * 32 - 31, 32), substr(hashes, e.place * 32 + 1, 32),
               e.operation_id, e.at, e.open, substr(salts, e.place * 16 - 15, 16),
               CASE WHEN e.size > 0 THEN substr(append_batch.sealed, e.begin, e.size) END,
               CASE WHEN e.size > 0 THEN substr(indexes, e.place * 32 - 31, 32) END
        FROM (
            SELECT r.operation_id, r.at, r.open, r.size, CAST(r.before + n AS int) AS place,
                   CAST(r.bytes + (n - 1) * r.size + 1 AS int) AS begin
            FROM (
                SELECT u.*, sum(u.entries) OVER (ORDER BY u.position) - u.entries AS before,
                       sum(u.entries * u.size) OVER (ORDER BY u.position)
                           - u.entries * u.size AS bytes
                FROM (
                    SELECT t.each ->> 0, CAST(t.each ->> 1 AS timestamptz), t.each ->> 2,
                           CAST(t.each -> 3 AS int), CAST(t.each -> 4 AS int), t.position
                    FROM jsonb_array_elements(told -> 'runs')
                        WITH ORDINALITY AS t (each, position)
                ) AS u (operation_id, at, open, entries, size, position)
            ) AS r, generate_series(1, r.entries) AS n
        ) AS e;
    END IF;
END
$$
"""


def upgrade() -> None:
    op.execute(APPEND)


def downgrade() -> None:
    msg = "the access log is never taken down; restore a backup instead"
    raise NotImplementedError(msg)
