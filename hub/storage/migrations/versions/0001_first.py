"""The first schema: access log, subject keys, consents, agreements, scopes, quota."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
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
    CONSTRAINT access_entry_hash_check
        CHECK (octet_length(hash) = 32 AND octet_length(previous) = 32),
    PRIMARY KEY (writer, wseq)
);
CREATE INDEX access_entry_operation ON hub.access_entry (operation_id);

CREATE TABLE hub.subject_key (
    year smallint NOT NULL,
    index bytea NOT NULL,
    wrapped bytea NOT NULL,
    PRIMARY KEY (year, index)
);

CREATE TABLE hub.consent_head (
    id text PRIMARY KEY,
    token bytea NOT NULL,
    recipient text NOT NULL,
    purpose text NOT NULL,
    scope text NOT NULL,
    agreement text NOT NULL,
    agreement_hash text NOT NULL,
    state text NOT NULL,
    expires_at timestamptz
);
CREATE INDEX consent_head_token ON hub.consent_head (token);
CREATE UNIQUE INDEX consent_head_in_force
    ON hub.consent_head (token, recipient, purpose, scope, agreement, agreement_hash)
    WHERE state IN ('given', 'renewed');

CREATE TABLE hub.consent_event (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record text NOT NULL CONSTRAINT consent_event_record_fkey REFERENCES hub.consent_head (id),
    state text NOT NULL,
    at timestamptz NOT NULL,
    expires_at timestamptz,
    via text NOT NULL
);
CREATE INDEX consent_event_record ON hub.consent_event (record);

CREATE TABLE hub.stop_event (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token bytea NOT NULL,
    kind text NOT NULL,
    purpose text NOT NULL,
    begins boolean NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX stop_event_token ON hub.stop_event (token);

CREATE TABLE hub.stop_head (
    token bytea NOT NULL,
    kind text NOT NULL
        CONSTRAINT stop_head_kind_check CHECK (kind IN ('restriction', 'objection')),
    purpose text NOT NULL,
    active boolean NOT NULL,
    PRIMARY KEY (token, kind, purpose)
);

CREATE TABLE hub.agreement_revision (
    number text NOT NULL,
    revision integer NOT NULL CONSTRAINT agreement_revision_revision_check CHECK (revision > 0),
    document bytea NOT NULL,
    signatures jsonb NOT NULL,
    PRIMARY KEY (number, revision)
);
CREATE TABLE hub.agreement_version (
    sole boolean PRIMARY KEY DEFAULT true CONSTRAINT agreement_version_sole_check CHECK (sole),
    version bigint NOT NULL
);
INSERT INTO hub.agreement_version (version) VALUES (0);

CREATE TABLE hub.client_state (
    client text PRIMARY KEY,
    disabled boolean NOT NULL
);

CREATE TABLE hub.scope_member (
    token bytea PRIMARY KEY,
    agreement text NOT NULL
);

CREATE TABLE hub.quota_period (
    agreement text NOT NULL,
    period text NOT NULL,
    used bigint NOT NULL,
    PRIMARY KEY (agreement, period)
);
CREATE TABLE hub.quota_use (
    agreement text NOT NULL,
    period text NOT NULL,
    token bytea NOT NULL,
    PRIMARY KEY (agreement, period, token)
)
"""

APPEND = """
CREATE FUNCTION hub.append_entries(
    writer uuid, first bigint, previous bytea, operation_ids text[], ats timestamptz[],
    opens text[], which int[], hashes bytea[], salts bytea[], sealed bytea[], indexes bytea[],
    cited text[], watched bytea[], watched_purposes text[], now timestamptz,
    OUT lapsed bigint[], OUT stopped bigint[]
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
-- Write a batch of the access log, or nothing and say why. Positions count from 1, but for
-- ``which``, each entry's place among the openings, which counts from 0.
-- Every statement of a function sees what committed before that statement began, so what is
-- read under a lock is what holds until this transaction ends.
BEGIN
    IF cardinality(cited) > 0 THEN
        -- a withdrawal of any of these now waits until the entries are committed
        WITH held AS MATERIALIZED (
            SELECT h.id FROM hub.consent_head h
            WHERE h.id = ANY (cited) AND h.state IN ('given', 'renewed')
              AND (h.expires_at IS NULL OR h.expires_at > append_entries.now)
            ORDER BY h.id FOR SHARE
        )
        SELECT array_agg(c.position) INTO lapsed
        FROM unnest(cited) WITH ORDINALITY AS c (id, position)
        WHERE c.id NOT IN (SELECT held.id FROM held);
    END IF;
    IF cardinality(watched) > 0 THEN
        -- a restriction has no row yet to lock: whoever begins one takes this lock alone
        PERFORM pg_advisory_xact_lock_shared(1986948963);
        SELECT array_agg(w.position) INTO stopped
        FROM unnest(watched, watched_purposes) WITH ORDINALITY AS w (token, purpose, position)
        WHERE EXISTS (
            SELECT FROM hub.stop_head s
            WHERE s.token = w.token AND s.purpose IN ('', w.purpose) AND s.active
        );
    END IF;
    IF lapsed IS NULL AND stopped IS NULL THEN
        INSERT INTO hub.access_entry (
            writer, wseq, previous, hash, operation_id, at, open, salt, sealed, index
        )
        SELECT append_entries.writer, first + e.position - 1,
               lag(e.hash, 1, append_entries.previous) OVER (ORDER BY e.position), e.hash,
               o.operation_id, o.at, o.open, e.salt, e.sealed, e.index
        FROM unnest(which, hashes, salts, sealed, indexes)
            WITH ORDINALITY AS e (which, hash, salt, sealed, index, position)
        JOIN unnest(operation_ids, ats, opens)
            WITH ORDINALITY AS o (operation_id, at, open, position) ON o.position = e.which + 1;
    END IF;
END
$$
"""

RESERVE = """
CREATE FUNCTION hub.reserve_quota(agreement text, period text, most bigint, tokens bytea[])
RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
-- Count tokens not counted yet, all or none; false when that would exceed ``most``.
-- The period's row is the lock: reservations under one agreement follow one another.
DECLARE
    counted bigint;
    fresh bytea[];
BEGIN
    INSERT INTO hub.quota_period AS q (agreement, period, used)
    VALUES (reserve_quota.agreement, reserve_quota.period, 0) ON CONFLICT DO NOTHING;
    SELECT q.used INTO counted FROM hub.quota_period q
    WHERE q.agreement = reserve_quota.agreement AND q.period = reserve_quota.period
    FOR UPDATE;
    SELECT coalesce(array_agg(DISTINCT t.token), '{}') INTO fresh
    FROM unnest(tokens) AS t (token)
    WHERE NOT EXISTS (
        SELECT FROM hub.quota_use u
        WHERE u.agreement = reserve_quota.agreement AND u.period = reserve_quota.period
          AND u.token = t.token
    );
    IF cardinality(fresh) = 0 THEN
        RETURN true;
    ELSIF counted + cardinality(fresh) > most THEN
        RETURN false;
    END IF;
    INSERT INTO hub.quota_use (agreement, period, token)
    SELECT reserve_quota.agreement, reserve_quota.period, f.token FROM unnest(fresh) AS f (token);
    UPDATE hub.quota_period q SET used = counted + cardinality(fresh)
    WHERE q.agreement = reserve_quota.agreement AND q.period = reserve_quota.period;
    RETURN true;
END
$$
"""


def upgrade() -> None:
    for statement in TABLES.split(";"):
        op.execute(statement)
    op.execute(APPEND)
    op.execute(RESERVE)


def downgrade() -> None:
    msg = "the access log is never taken down; restore a backup instead"
    raise NotImplementedError(msg)
