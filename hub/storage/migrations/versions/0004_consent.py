"""Consents: who said what, by revisions of a record; decisions on restrictions and objections.

Entries of the access log cite a consent and its revision, and every word makes another revision:
so the statement that commits entries notices whatever was said since they were settled.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE hub.consent_head ADD COLUMN revision integer, ADD COLUMN closed boolean;
ALTER TABLE hub.consent_event
    ADD COLUMN revision integer, ADD COLUMN speaker bytea, ADD COLUMN capacity text,
    ADD COLUMN operation text, ADD COLUMN notice jsonb;
UPDATE hub.consent_event e
    SET revision = n.place, speaker = n.token, capacity = 'subject'
    FROM (
        SELECT i.seq, h.token, row_number() OVER (PARTITION BY i.record ORDER BY i.seq) AS place
        FROM hub.consent_event i JOIN hub.consent_head h ON h.id = i.record
    ) AS n
    WHERE n.seq = e.seq;
UPDATE hub.consent_head h
    SET revision = (SELECT count(*) FROM hub.consent_event e WHERE e.record = h.id),
        closed = h.state NOT IN ('given', 'renewed');
ALTER TABLE hub.consent_head ALTER COLUMN revision SET NOT NULL, ALTER COLUMN closed SET NOT NULL;
ALTER TABLE hub.consent_event
    ALTER COLUMN revision SET NOT NULL, ALTER COLUMN speaker SET NOT NULL,
    ALTER COLUMN capacity SET NOT NULL;
DROP INDEX hub.consent_head_in_force;
CREATE UNIQUE INDEX consent_head_standing
    ON hub.consent_head (token, recipient, purpose, scope, agreement, agreement_hash)
    WHERE NOT closed;
DROP INDEX hub.consent_event_record;
CREATE UNIQUE INDEX consent_event_revision ON hub.consent_event (record, revision);
CREATE INDEX consent_event_operation ON hub.consent_event (operation);

ALTER TABLE hub.stop_event
    ADD COLUMN state text, ADD COLUMN speaker bytea, ADD COLUMN capacity text,
    ADD COLUMN agreement text, ADD COLUMN via text, ADD COLUMN operation text,
    ADD COLUMN reason text, ADD COLUMN institution text, ADD COLUMN officer text,
    ADD COLUMN told_at timestamptz;
UPDATE hub.stop_event SET state = CASE WHEN begins THEN 'assessed' ELSE 'lifted' END,
    speaker = token, capacity = 'subject', via = 'sandbox';
ALTER TABLE hub.stop_event
    ALTER COLUMN state SET NOT NULL, ALTER COLUMN speaker SET NOT NULL,
    ALTER COLUMN capacity SET NOT NULL, ALTER COLUMN via SET NOT NULL, DROP COLUMN begins;
ALTER TABLE hub.stop_event ADD CONSTRAINT stop_event_decided_check CHECK (
    state NOT IN ('upheld', 'overridden')
    OR (reason IS NOT NULL AND institution IS NOT NULL AND officer IS NOT NULL)
)
"""

EVENT = """
CREATE FUNCTION hub.add_consent_event(
    told jsonb, head text, speaker bytea, OUT revision int, OUT before text, OUT outcome text
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
-- Say something about one record. ``told`` holds ``state``, the last words from which it is
-- ``allowed``, ``at``, ``expires_at``, ``via``, ``capacity``, ``operation``, ``notice`` and
-- ``closes``; an institution's ``speaker`` is empty. Given where it is given already, it is
-- renewed; what was said before with the same end changes nothing.
-- INVARIANT: the head's lock is held until commit, and entries citing it hold it shared until
-- theirs: a word is before the entry, which is then refused, or after it, never beside it.
DECLARE
    is_closed boolean;
    at CONSTANT timestamptz := CAST(told ->> 'at' AS timestamptz);
    ends CONSTANT timestamptz := CAST(told ->> 'expires_at' AS timestamptz);
    ended timestamptz;
    said text := told ->> 'state';
BEGIN
    SELECT h.revision, h.closed INTO STRICT revision, is_closed
    FROM hub.consent_head h WHERE h.id = head FOR UPDATE;
    SELECT e.state, e.expires_at INTO before, ended
    FROM hub.consent_event e
    WHERE e.record = head AND (
        add_consent_event.speaker = '' OR e.speaker IN ('', add_consent_event.speaker)
    )
    ORDER BY e.revision DESC LIMIT 1;
    before := coalesce(before, 'unknown');
    IF is_closed OR NOT (told -> 'allowed') ? before THEN
        outcome := 'refused';
        RETURN;
    END IF;
    IF said = 'given' AND before IN ('given', 'renewed') THEN
        IF ended IS NOT DISTINCT FROM ends THEN
            outcome := 'unchanged';
            RETURN;
        END IF;
        said := 'renewed';
    ELSIF said = before THEN
        outcome := 'unchanged';
        RETURN;
    END IF;
    revision := revision + 1;
    INSERT INTO hub.consent_event (
        record, revision, state, at, expires_at, via, speaker, capacity, operation, notice
    ) VALUES (
        head, revision, said, at, ends, told ->> 'via', add_consent_event.speaker,
        told ->> 'capacity', told ->> 'operation', nullif(told -> 'notice', 'null')
    );
    UPDATE hub.consent_head h
    SET revision = add_consent_event.revision, state = said,
        closed = CAST(told -> 'closes' AS boolean), expires_at = (
            -- the last end of what anybody gave: until then the log looks at the revision alone
            SELECT CASE WHEN bool_or(w.expires_at IS NULL) THEN NULL ELSE max(w.expires_at) END
            FROM (
                SELECT DISTINCT ON (e.speaker) e.state, e.expires_at FROM hub.consent_event e
                WHERE e.record = head ORDER BY e.speaker, e.revision DESC
            ) AS w
            WHERE w.state IN ('given', 'renewed')
        )
    WHERE h.id = head;
    outcome := 'said';
END
$$
"""

SAY = """
CREATE FUNCTION hub.say_consent(
    told jsonb, token bytea, speaker bytea,
    OUT record text, OUT revision int, OUT before text, OUT outcome text
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
-- Say something about the record of a person and terms (``recipient`` and the following), which is
-- opened under ``id`` where there is none and where its first word is allowed.
BEGIN
    IF (told -> 'allowed') ? 'unknown' THEN
        INSERT INTO hub.consent_head (
            id, token, recipient, purpose, scope, agreement, agreement_hash, state, revision, closed
        ) VALUES (
            told ->> 'id', say_consent.token, told ->> 'recipient', told ->> 'purpose',
            told ->> 'scope', told ->> 'agreement', told ->> 'agreement_hash', 'unknown', 0, false
        ) ON CONFLICT DO NOTHING;
    END IF;
    SELECT h.id INTO record FROM hub.consent_head h
    WHERE h.token = say_consent.token AND h.recipient = told ->> 'recipient'
      AND h.purpose = told ->> 'purpose' AND h.scope = told ->> 'scope'
      AND h.agreement = told ->> 'agreement' AND h.agreement_hash = told ->> 'agreement_hash'
      AND NOT h.closed;
    IF record IS NULL THEN
        before := 'unknown';
        outcome := 'refused';
        RETURN;
    END IF;
    SELECT e.* INTO revision, before, outcome
    FROM hub.add_consent_event(told, record, say_consent.speaker) AS e;
END
$$
"""

WITHDRAW = """
CREATE FUNCTION hub.withdraw_consents(
    told jsonb, token bytea, speaker bytea, OUT record text, OUT revision int
)
RETURNS SETOF record
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
-- Take back what the speaker gave under an agreement, whatever its revision; where another
-- representative's yes stands, the speaker's no is noted beside it.
DECLARE
    said text;
    noted record;
BEGIN
    PERFORM FROM hub.consent_head h
    WHERE h.token = withdraw_consents.token AND h.agreement = told ->> 'agreement' AND NOT h.closed
    ORDER BY h.id FOR UPDATE;
    FOR record, said IN
        SELECT w.record, CASE
            WHEN bool_or(w.speaker = withdraw_consents.speaker AND w.permits) THEN 'withdrawn'
            WHEN bool_or(w.permits) AND NOT bool_or(
                w.speaker = withdraw_consents.speaker AND w.state IN ('refused', 'withdrawn')
            ) THEN 'refused'
        END
        FROM (
            SELECT DISTINCT ON (e.record, e.speaker) e.record, e.speaker, e.state,
                   e.state IN ('given', 'renewed') AS permits
            FROM hub.consent_event e JOIN hub.consent_head h ON h.id = e.record
            WHERE h.token = withdraw_consents.token AND h.agreement = told ->> 'agreement'
              AND NOT h.closed
            ORDER BY e.record, e.speaker, e.revision DESC
        ) AS w
        GROUP BY w.record ORDER BY w.record
    LOOP
        CONTINUE WHEN said IS NULL;
        SELECT * INTO noted FROM hub.add_consent_event(
            told || jsonb_build_object('state', said), record, withdraw_consents.speaker
        );
        revision := noted.revision;
        RETURN NEXT;
    END LOOP;
END
$$
"""

# As in 0002 but for what is ``cited``: PostgreSQL replaces a function whole, and a migration that
# has run is left as it is.
APPEND = """
CREATE OR REPLACE FUNCTION hub.append_batch(
    told jsonb, hashes bytea, salts bytea, sealed bytea, indexes bytea, watched bytea,
    OUT lapsed bigint[], OUT stopped bigint[]
)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
-- planned once a session: planning anew each time costs more than the whole batch
SET plan_cache_mode = force_generic_plan AS $$
-- Write a batch of the access log, or nothing and say why. Positions count from 1.
-- ``told`` holds ``writer``, ``first``, ``now``, ``runs`` of entries with the same open part
-- [operation_id, at, open, entries, bytes of each sealed part, 0 where there is nobody],
-- consents ``cited`` as record/revision, and ``watching`` [purpose, persons]. Hashes, indexes
-- and tokens of those ``watched`` have 32 bytes each, salts 16; the first hash is that of the
-- entry before.
-- Every statement of a function sees what committed before that statement began, so what is
-- read under a lock is what holds until this transaction ends.
DECLARE
    cited text[];
BEGIN
    IF told -> 'cited' <> '[]' THEN
        cited := ARRAY(SELECT jsonb_array_elements_text(told -> 'cited'));
        -- a word about any of these now waits until the entries are committed, and what was said
        -- since it was settled has made another revision of it
        WITH asked AS MATERIALIZED (
            SELECT split_part(c.reference, '/', 1) AS id,
                   split_part(c.reference, '/', 2) AS revision, c.position
            FROM unnest(cited) WITH ORDINALITY AS c (reference, position)
        ), held AS MATERIALIZED (
            SELECT h.id, h.revision, h.state FROM hub.consent_head h
            WHERE h.id = ANY (ARRAY(SELECT a.id FROM asked a)) AND NOT h.closed
              AND (h.expires_at IS NULL OR h.expires_at > CAST(told ->> 'now' AS timestamptz))
            ORDER BY h.id FOR SHARE
        )
        SELECT array_agg(a.position) INTO lapsed
        FROM asked a LEFT JOIN held h ON h.id = a.id
        -- replicas of the version before cite no revision
        WHERE CASE WHEN a.revision = '' THEN h.state IN ('given', 'renewed')
                   ELSE CAST(h.revision AS text) = a.revision END IS NOT TRUE;
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
    for statement in TABLES.split(";"):
        op.execute(statement)
    for function in (EVENT, SAY, WITHDRAW, APPEND):
        op.execute(function)


def downgrade() -> None:
    msg = "the access log is never taken down; restore a backup instead"
    raise NotImplementedError(msg)
