-- What the service works with. Keys, switches and jobs change; the audit never does.

CREATE TABLE api_key (
    tenant TEXT NOT NULL CHECK (tenant <> ''),
    key_id TEXT NOT NULL CHECK (key_id <> ''),
    name TEXT NOT NULL,
    roles TEXT NOT NULL CHECK (json_valid(roles)),
    key_hash BLOB NOT NULL CHECK (length(key_hash) = 32),
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    PRIMARY KEY (key_id, tenant)
) STRICT;

-- One request finds its key by one look-up.
CREATE UNIQUE INDEX api_key_by_hash ON api_key (key_hash);
CREATE INDEX api_key_by_age ON api_key (tenant, created_at, key_id);

CREATE TABLE revoked_token (
    token_id TEXT NOT NULL PRIMARY KEY CHECK (token_id <> ''),
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX revoked_token_by_end ON revoked_token (expires_at, token_id);

CREATE TABLE engine_switch (
    engine TEXT NOT NULL PRIMARY KEY CHECK (engine <> ''),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    reason TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_entry (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
    tenant TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action <> ''),
    outcome TEXT NOT NULL CHECK (outcome <> ''),
    subject TEXT NOT NULL,
    request_id TEXT NOT NULL,
    detail BLOB NOT NULL,
    previous_sha256 BLOB NOT NULL CHECK (length(previous_sha256) = 32),
    entry_sha256 BLOB NOT NULL CHECK (length(entry_sha256) = 32)
) STRICT;

CREATE INDEX audit_entry_by_tenant ON audit_entry (tenant, sequence);

CREATE TABLE job (
    tenant TEXT NOT NULL CHECK (tenant <> ''),
    job_id TEXT NOT NULL CHECK (job_id <> ''),
    kind TEXT NOT NULL,
    request BLOB NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
    done INTEGER NOT NULL CHECK (done >= 0),
    total INTEGER NOT NULL CHECK (total >= 0),
    result BLOB,
    error BLOB,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (job_id, tenant)
) STRICT;

CREATE INDEX job_by_age ON job (tenant, created_at, job_id);
CREATE INDEX job_unfinished ON job (created_at, job_id) WHERE status IN ('queued', 'running');

-- The only row counts the changes of what every request is checked against, so that a process
-- notices the changes of all others and nothing else. (PRAGMA data_version tells of every write.)
CREATE TABLE access_version (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO access_version VALUES (1, 1);

CREATE TRIGGER api_key_insert_counts AFTER INSERT ON api_key
BEGIN UPDATE access_version SET version = version + 1; END;
CREATE TRIGGER api_key_update_counts AFTER UPDATE ON api_key
BEGIN UPDATE access_version SET version = version + 1; END;
CREATE TRIGGER revoked_token_insert_counts AFTER INSERT ON revoked_token
BEGIN UPDATE access_version SET version = version + 1; END;
CREATE TRIGGER engine_switch_insert_counts AFTER INSERT ON engine_switch
BEGIN UPDATE access_version SET version = version + 1; END;
CREATE TRIGGER engine_switch_update_counts AFTER UPDATE ON engine_switch
BEGIN UPDATE access_version SET version = version + 1; END;
CREATE TRIGGER engine_switch_delete_counts AFTER DELETE ON engine_switch
BEGIN UPDATE access_version SET version = version + 1; END;

-- Of a key one thing may change, once: that it is revoked.
CREATE TRIGGER api_key_only_revoked BEFORE UPDATE ON api_key
WHEN old.revoked_at IS NOT NULL OR new.revoked_at IS NULL
    OR (old.tenant, old.key_id, old.name, old.roles, old.key_hash)
        <> (new.tenant, new.key_id, new.name, new.roles, new.key_hash)
    OR (old.created_at, old.created_by) <> (new.created_at, new.created_by)
    OR old.expires_at IS NOT new.expires_at
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_API_KEY'); END;
CREATE TRIGGER api_key_no_delete BEFORE DELETE ON api_key
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_API_KEY'); END;

CREATE TRIGGER revoked_token_no_update BEFORE UPDATE ON revoked_token
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_REVOKED_TOKEN'); END;
CREATE TRIGGER revoked_token_no_delete BEFORE DELETE ON revoked_token
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_REVOKED_TOKEN'); END;

CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_AUDIT_ENTRY'); END;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_AUDIT_ENTRY'); END;
