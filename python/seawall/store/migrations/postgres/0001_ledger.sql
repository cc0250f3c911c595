-- The ledger, as in SQLite. Texts compare by their bytes, so that lists have one order on every server.

CREATE TABLE dataset_version (
    tenant TEXT COLLATE "C" NOT NULL,
    dataset_version_id TEXT COLLATE "C" NOT NULL CHECK (dataset_version_id <> ''),
    content_hash BYTEA NOT NULL CHECK (length(content_hash) = 32),
    merkle_root BYTEA NOT NULL CHECK (length(merkle_root) = 32),
    profile_sha256 BYTEA NOT NULL CHECK (length(profile_sha256) = 32),
    profile BYTEA NOT NULL,
    source BYTEA NOT NULL,
    source_sha256 BYTEA NOT NULL CHECK (length(source_sha256) = 32),
    record_count BIGINT NOT NULL CHECK (record_count >= 0),
    chunk_roots BYTEA NOT NULL CHECK (length(chunk_roots) % 32 = 0),
    created_at TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (dataset_version_id, tenant)
);

CREATE INDEX dataset_version_by_age
    ON dataset_version (tenant, created_at, dataset_version_id);

CREATE TABLE raw_chunk (
    tenant TEXT COLLATE "C" NOT NULL,
    dataset_version_id TEXT COLLATE "C" NOT NULL,
    chunk_index BIGINT NOT NULL CHECK (chunk_index >= 0),
    first_record BIGINT NOT NULL CHECK (first_record >= 0),
    record_count BIGINT NOT NULL CHECK (record_count >= 0),
    payload BYTEA NOT NULL,
    codec TEXT COLLATE "C" NOT NULL,
    payload_size BIGINT NOT NULL CHECK (payload_size >= 0),
    PRIMARY KEY (dataset_version_id, tenant, chunk_index),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES dataset_version (dataset_version_id, tenant)
);

CREATE TABLE derivation (
    tenant TEXT COLLATE "C" NOT NULL,
    dataset_version_id TEXT COLLATE "C" NOT NULL,
    digest BYTEA NOT NULL,
    summary BYTEA NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (dataset_version_id, tenant),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES dataset_version (dataset_version_id, tenant)
);

CREATE TABLE derived_table (
    tenant TEXT COLLATE "C" NOT NULL,
    dataset_version_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    chunk_index BIGINT NOT NULL CHECK (chunk_index >= 0),
    payload BYTEA NOT NULL,
    PRIMARY KEY (dataset_version_id, tenant, name, chunk_index),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES derivation (dataset_version_id, tenant)
);

CREATE TABLE evidence (
    tenant TEXT COLLATE "C" NOT NULL,
    evidence_id TEXT COLLATE "C" NOT NULL CHECK (evidence_id <> ''),
    dataset_version_id TEXT COLLATE "C" NOT NULL,
    engine TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    payload BYTEA NOT NULL,
    PRIMARY KEY (evidence_id, tenant)
);

CREATE TABLE finding (
    tenant TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL CHECK (finding_id <> ''),
    dataset_version_id TEXT COLLATE "C" NOT NULL,
    payload BYTEA NOT NULL,
    PRIMARY KEY (finding_id, tenant)
);

CREATE TABLE link (
    tenant TEXT COLLATE "C" NOT NULL,
    link_id TEXT COLLATE "C" NOT NULL CHECK (link_id <> ''),
    finding_id TEXT COLLATE "C" NOT NULL,
    evidence_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (finding_id, evidence_id, tenant)
);

-- What is packed already is not packed again.
ALTER TABLE raw_chunk ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE derived_table ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE TABLE run (
    tenant TEXT COLLATE "C" NOT NULL,
    run_id TEXT COLLATE "C" NOT NULL CHECK (run_id <> ''),
    dataset_version_id TEXT COLLATE "C" NOT NULL,
    engine TEXT COLLATE "C" NOT NULL,
    engine_version TEXT COLLATE "C" NOT NULL,
    parameters BYTEA NOT NULL,
    started_at TEXT COLLATE "C" NOT NULL,
    result BYTEA NOT NULL,
    manifest_sha256 BYTEA NOT NULL CHECK (length(manifest_sha256) = 32),
    created_at TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run_id, tenant),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES dataset_version (dataset_version_id, tenant)
);

CREATE INDEX run_by_age ON run (tenant, created_at, run_id);
CREATE INDEX run_by_dataset ON run (tenant, dataset_version_id, created_at, run_id);

CREATE TABLE run_evidence (
    tenant TEXT COLLATE "C" NOT NULL,
    run_id TEXT COLLATE "C" NOT NULL,
    evidence_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run_id, tenant, evidence_id)
);

CREATE TABLE run_finding (
    tenant TEXT COLLATE "C" NOT NULL,
    run_id TEXT COLLATE "C" NOT NULL,
    finding_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run_id, tenant, finding_id)
);

-- References of the five tables with the most rows. What they refer to can never be removed, so it is
-- enough to look once, when rows come, and for all rows of a statement at once: declared foreign keys
-- ask and lock row by row, which takes more time than everything else together.

CREATE FUNCTION dataset_refers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added WHERE NOT EXISTS (
            SELECT FROM dataset_version AS kept
            WHERE kept.dataset_version_id = added.dataset_version_id
                AND kept.tenant = added.tenant)
    ) THEN
        RAISE EXCEPTION 'REFERS_TO_NOTHING' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER evidence_refers AFTER INSERT ON evidence
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION dataset_refers();
CREATE TRIGGER finding_refers AFTER INSERT ON finding
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION dataset_refers();

CREATE FUNCTION link_refers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
    RETURN NULL;
END $$;

CREATE TRIGGER link_refers AFTER INSERT ON link
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION link_refers();

CREATE FUNCTION run_evidence_refers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added WHERE NOT EXISTS (
            SELECT FROM run AS kept
            WHERE kept.run_id = added.run_id AND kept.tenant = added.tenant)
    ) OR EXISTS (
        SELECT FROM added WHERE NOT EXISTS (
            SELECT FROM evidence AS kept
            WHERE kept.evidence_id = added.evidence_id AND kept.tenant = added.tenant)
    ) THEN
        RAISE EXCEPTION 'REFERS_TO_NOTHING' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER run_evidence_refers AFTER INSERT ON run_evidence
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION run_evidence_refers();

CREATE FUNCTION run_finding_refers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added WHERE NOT EXISTS (
            SELECT FROM run AS kept
            WHERE kept.run_id = added.run_id AND kept.tenant = added.tenant)
    ) OR EXISTS (
        SELECT FROM added WHERE NOT EXISTS (
            SELECT FROM finding AS kept
            WHERE kept.finding_id = added.finding_id AND kept.tenant = added.tenant)
    ) THEN
        RAISE EXCEPTION 'REFERS_TO_NOTHING' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER run_finding_refers AFTER INSERT ON run_finding
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION run_finding_refers();

-- Nothing kept is ever changed, nor removed all at once.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'IMMUTABLE_%', upper(TG_TABLE_NAME) USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER dataset_version_no_change BEFORE UPDATE OR DELETE ON dataset_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dataset_version_no_truncate BEFORE TRUNCATE ON dataset_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER raw_chunk_no_change BEFORE UPDATE OR DELETE ON raw_chunk
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER raw_chunk_no_truncate BEFORE TRUNCATE ON raw_chunk
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER derivation_no_change BEFORE UPDATE OR DELETE ON derivation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER derivation_no_truncate BEFORE TRUNCATE ON derivation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER derived_table_no_change BEFORE UPDATE OR DELETE ON derived_table
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER derived_table_no_truncate BEFORE TRUNCATE ON derived_table
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER evidence_no_change BEFORE UPDATE OR DELETE ON evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_no_truncate BEFORE TRUNCATE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER finding_no_change BEFORE UPDATE OR DELETE ON finding
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER finding_no_truncate BEFORE TRUNCATE ON finding
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER link_no_change BEFORE UPDATE OR DELETE ON link
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER link_no_truncate BEFORE TRUNCATE ON link
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER run_no_change BEFORE UPDATE OR DELETE ON run
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER run_no_truncate BEFORE TRUNCATE ON run
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER run_evidence_no_change BEFORE UPDATE OR DELETE ON run_evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER run_evidence_no_truncate BEFORE TRUNCATE ON run_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER run_finding_no_change BEFORE UPDATE OR DELETE ON run_finding
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER run_finding_no_truncate BEFORE TRUNCATE ON run_finding
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The last group that each open writer has committed, kept with the group itself: whoever lost the
-- answer to a COMMIT reads here what became of it.
CREATE TABLE writer_mark (
    writer TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (writer <> ''),
    group_number BIGINT NOT NULL CHECK (group_number >= 0),
    marked_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 20);
