-- The ledger. Keys begin with the identifier, not with the tenant: identifiers are random, so SQLite
-- decides nearly every comparison in the first bytes of the first column. The tenant is still part of
-- every key and every reference. Tables of wide rows keep their rowid: random keys without one
-- halve the insert rate.

CREATE TABLE dataset_version (
    tenant TEXT NOT NULL,
    dataset_version_id TEXT NOT NULL CHECK (dataset_version_id <> ''),
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    merkle_root BLOB NOT NULL CHECK (length(merkle_root) = 32),
    profile_sha256 BLOB NOT NULL CHECK (length(profile_sha256) = 32),
    profile BLOB NOT NULL,
    source BLOB NOT NULL,
    source_sha256 BLOB NOT NULL CHECK (length(source_sha256) = 32),
    record_count INTEGER NOT NULL CHECK (record_count >= 0),
    chunk_roots BLOB NOT NULL CHECK (length(chunk_roots) % 32 = 0),
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (dataset_version_id, tenant)
) STRICT;

CREATE INDEX dataset_version_by_age
    ON dataset_version (tenant, created_at, dataset_version_id);

CREATE TABLE raw_chunk (
    tenant TEXT NOT NULL,
    dataset_version_id TEXT NOT NULL,
    chunk_index INTEGER NOT NULL CHECK (chunk_index >= 0),
    first_record INTEGER NOT NULL CHECK (first_record >= 0),
    record_count INTEGER NOT NULL CHECK (record_count >= 0),
    payload BLOB NOT NULL,
    codec TEXT NOT NULL,
    payload_size INTEGER NOT NULL CHECK (payload_size >= 0),
    PRIMARY KEY (dataset_version_id, tenant, chunk_index),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES dataset_version
) STRICT;

CREATE TABLE derivation (
    tenant TEXT NOT NULL,
    dataset_version_id TEXT NOT NULL,
    digest BLOB NOT NULL,
    summary BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (dataset_version_id, tenant),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES dataset_version
) STRICT;

CREATE TABLE derived_table (
    tenant TEXT NOT NULL,
    dataset_version_id TEXT NOT NULL,
    name TEXT NOT NULL,
    chunk_index INTEGER NOT NULL CHECK (chunk_index >= 0),
    payload BLOB NOT NULL,
    PRIMARY KEY (dataset_version_id, tenant, name, chunk_index),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES derivation
) STRICT;

CREATE TABLE evidence (
    tenant TEXT NOT NULL,
    evidence_id TEXT NOT NULL CHECK (evidence_id <> ''),
    dataset_version_id TEXT NOT NULL,
    engine TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (evidence_id, tenant),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES dataset_version
) STRICT;

CREATE TABLE finding (
    tenant TEXT NOT NULL,
    finding_id TEXT NOT NULL CHECK (finding_id <> ''),
    dataset_version_id TEXT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (finding_id, tenant),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES dataset_version
) STRICT;

CREATE TABLE link (
    tenant TEXT NOT NULL,
    link_id TEXT NOT NULL CHECK (link_id <> ''),
    finding_id TEXT NOT NULL,
    evidence_id TEXT NOT NULL,
    PRIMARY KEY (finding_id, evidence_id, tenant),
    FOREIGN KEY (finding_id, tenant) REFERENCES finding,
    FOREIGN KEY (evidence_id, tenant) REFERENCES evidence
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    tenant TEXT NOT NULL,
    run_id TEXT NOT NULL CHECK (run_id <> ''),
    dataset_version_id TEXT NOT NULL,
    engine TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    parameters BLOB NOT NULL,
    started_at TEXT NOT NULL,
    result BLOB NOT NULL,
    manifest_sha256 BLOB NOT NULL CHECK (length(manifest_sha256) = 32),
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (run_id, tenant),
    FOREIGN KEY (dataset_version_id, tenant) REFERENCES dataset_version
) STRICT;

CREATE INDEX run_by_age ON run (tenant, created_at, run_id);
CREATE INDEX run_by_dataset ON run (tenant, dataset_version_id, created_at, run_id);

CREATE TABLE run_evidence (
    tenant TEXT NOT NULL,
    run_id TEXT NOT NULL,
    evidence_id TEXT NOT NULL,
    PRIMARY KEY (run_id, tenant, evidence_id),
    FOREIGN KEY (run_id, tenant) REFERENCES run,
    FOREIGN KEY (evidence_id, tenant) REFERENCES evidence
) STRICT, WITHOUT ROWID;

CREATE TABLE run_finding (
    tenant TEXT NOT NULL,
    run_id TEXT NOT NULL,
    finding_id TEXT NOT NULL,
    PRIMARY KEY (run_id, tenant, finding_id),
    FOREIGN KEY (run_id, tenant) REFERENCES run,
    FOREIGN KEY (finding_id, tenant) REFERENCES finding
) STRICT, WITHOUT ROWID;

-- Nothing kept is ever changed. REPLACE deletes, and so meets these triggers wherever
-- recursive_triggers is on, as on every connection of the store.

CREATE TRIGGER dataset_version_no_update BEFORE UPDATE ON dataset_version
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_DATASET_VERSION'); END;
CREATE TRIGGER dataset_version_no_delete BEFORE DELETE ON dataset_version
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_DATASET_VERSION'); END;

CREATE TRIGGER raw_chunk_no_update BEFORE UPDATE ON raw_chunk
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RAW_CHUNK'); END;
CREATE TRIGGER raw_chunk_no_delete BEFORE DELETE ON raw_chunk
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RAW_CHUNK'); END;

CREATE TRIGGER derivation_no_update BEFORE UPDATE ON derivation
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_DERIVATION'); END;
CREATE TRIGGER derivation_no_delete BEFORE DELETE ON derivation
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_DERIVATION'); END;

CREATE TRIGGER derived_table_no_update BEFORE UPDATE ON derived_table
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_DERIVED_TABLE'); END;
CREATE TRIGGER derived_table_no_delete BEFORE DELETE ON derived_table
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_DERIVED_TABLE'); END;

CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_EVIDENCE'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_EVIDENCE'); END;

CREATE TRIGGER finding_no_update BEFORE UPDATE ON finding
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_FINDING'); END;
CREATE TRIGGER finding_no_delete BEFORE DELETE ON finding
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_FINDING'); END;

CREATE TRIGGER link_no_update BEFORE UPDATE ON link
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LINK'); END;
CREATE TRIGGER link_no_delete BEFORE DELETE ON link
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LINK'); END;

CREATE TRIGGER run_no_update BEFORE UPDATE ON run
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RUN'); END;
CREATE TRIGGER run_no_delete BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RUN'); END;

CREATE TRIGGER run_evidence_no_update BEFORE UPDATE ON run_evidence
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RUN_EVIDENCE'); END;
CREATE TRIGGER run_evidence_no_delete BEFORE DELETE ON run_evidence
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RUN_EVIDENCE'); END;

CREATE TRIGGER run_finding_no_update BEFORE UPDATE ON run_finding
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RUN_FINDING'); END;
CREATE TRIGGER run_finding_no_delete BEFORE DELETE ON run_finding
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RUN_FINDING'); END;
