-- How references are looked up is no longer the planner's choice. It plans once a session and knows
-- nothing of the rows that come: made while the tables were small, a plan read a whole table for
-- each group of a few rows, and for many rows it went up and down an index for each of them.

CREATE OR REPLACE FUNCTION dataset_refers() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    -- Most rows of a statement are of one dataset.
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT dataset_version_id, tenant FROM added) AS named
        WHERE NOT EXISTS (
            SELECT FROM dataset_version AS kept
            WHERE kept.dataset_version_id = named.dataset_version_id
                AND kept.tenant = named.tenant)
    ) THEN
        RAISE EXCEPTION 'REFERS_TO_NOTHING' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION link_refers() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_nestloop = on AS $$
DECLARE
    rows_added BIGINT := (SELECT count(*) FROM added);
BEGIN
    -- Of many rows to tables that have few others all are compared at once.
    IF rows_added >= 1000
        AND 4 * rows_added >= (SELECT max(size) FROM log_tree WHERE tree IN ('evidence', 'finding'))
    THEN
        SET LOCAL enable_seqscan = on;
        SET LOCAL enable_hashjoin = on;
        SET LOCAL enable_nestloop = off;
        IF EXISTS (
            SELECT FROM added WHERE NOT EXISTS (
                SELECT FROM finding AS kept
                WHERE kept.finding_id = added.finding_id AND kept.tenant = added.tenant)
        ) OR EXISTS (
            SELECT FROM added WHERE NOT EXISTS (
                SELECT FROM evidence AS kept
                WHERE kept.evidence_id = added.evidence_id AND kept.tenant = added.tenant)
        ) THEN
            RAISE EXCEPTION 'REFERS_TO_NOTHING' USING ERRCODE = 'foreign_key_violation';
        END IF;
    ELSIF EXISTS (
        SELECT FROM added WHERE NOT EXISTS (
            SELECT FROM finding AS kept
            WHERE kept.finding_id = added.finding_id AND kept.tenant = added.tenant)
    ) OR EXISTS (
        SELECT FROM added WHERE NOT EXISTS (
            SELECT FROM evidence AS kept
            WHERE kept.evidence_id = added.evidence_id AND kept.tenant = added.tenant)
    ) THEN
        RAISE EXCEPTION 'REFERS_TO_NOTHING' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION run_evidence_refers() SET enable_seqscan = off;
ALTER FUNCTION run_evidence_refers() SET enable_hashjoin = off;
ALTER FUNCTION run_evidence_refers() SET enable_mergejoin = off;
ALTER FUNCTION run_finding_refers() SET enable_seqscan = off;
ALTER FUNCTION run_finding_refers() SET enable_hashjoin = off;
ALTER FUNCTION run_finding_refers() SET enable_mergejoin = off;
