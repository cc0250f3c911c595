-- What the service works with. Keys, switches and jobs change; the audit never does.

CREATE TABLE api_key (
    tenant TEXT COLLATE "C" NOT NULL CHECK (tenant <> ''),
    key_id TEXT COLLATE "C" NOT NULL CHECK (key_id <> ''),
    name TEXT COLLATE "C" NOT NULL,
    roles TEXT COLLATE "C" NOT NULL CHECK (roles::jsonb IS NOT NULL),
    key_hash BYTEA NOT NULL CHECK (length(key_hash) = 32),
    created_at TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C",
    revoked_at TEXT COLLATE "C",
    PRIMARY KEY (key_id, tenant)
);

-- One request finds its key by one look-up.
CREATE UNIQUE INDEX api_key_by_hash ON api_key (key_hash);
CREATE INDEX api_key_by_age ON api_key (tenant, created_at, key_id);

CREATE TABLE revoked_token (
    token_id TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (token_id <> ''),
    expires_at TEXT COLLATE "C" NOT NULL
);

CREATE INDEX revoked_token_by_end ON revoked_token (expires_at, token_id);

CREATE TABLE engine_switch (
    engine TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (engine <> ''),
    enabled BOOLEAN NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    changed_at TEXT COLLATE "C" NOT NULL,
    changed_by TEXT COLLATE "C" NOT NULL
);

CREATE TABLE audit_entry (
    sequence BIGINT PRIMARY KEY CHECK (sequence >= 1),
    tenant TEXT COLLATE "C" NOT NULL,
    at TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL CHECK (action <> ''),
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome <> ''),
    subject TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    detail BYTEA NOT NULL,
    previous_sha256 BYTEA NOT NULL CHECK (length(previous_sha256) = 32),
    entry_sha256 BYTEA NOT NULL CHECK (length(entry_sha256) = 32)
);

CREATE INDEX audit_entry_by_tenant ON audit_entry (tenant, sequence);

CREATE TABLE job (
    tenant TEXT COLLATE "C" NOT NULL CHECK (tenant <> ''),
    job_id TEXT COLLATE "C" NOT NULL CHECK (job_id <> ''),
    kind TEXT COLLATE "C" NOT NULL,
    request BYTEA NOT NULL,
    status TEXT COLLATE "C" NOT NULL
        CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
    done BIGINT NOT NULL CHECK (done >= 0),
    total BIGINT NOT NULL CHECK (total >= 0),
    result BYTEA,
    error BYTEA,
    created_at TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    updated_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (job_id, tenant)
);

CREATE INDEX job_by_age ON job (tenant, created_at, job_id);
CREATE INDEX job_unfinished ON job (created_at, job_id) WHERE status IN ('queued', 'running');

-- The only row counts the changes of what every request is checked against, so that a process
-- notices the changes of all others and nothing else.
CREATE TABLE access_version (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    version BIGINT NOT NULL
);
INSERT INTO access_version VALUES (1, 1);

CREATE FUNCTION count_access_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE access_version SET version = version + 1;
    RETURN NULL;
END $$;

CREATE TRIGGER api_key_counts AFTER INSERT OR UPDATE ON api_key
    FOR EACH ROW EXECUTE FUNCTION count_access_change();
CREATE TRIGGER revoked_token_counts AFTER INSERT ON revoked_token
    FOR EACH ROW EXECUTE FUNCTION count_access_change();
CREATE TRIGGER engine_switch_counts AFTER INSERT OR UPDATE OR DELETE ON engine_switch
    FOR EACH ROW EXECUTE FUNCTION count_access_change();
CREATE TRIGGER engine_switch_truncate_counts AFTER TRUNCATE ON engine_switch
    FOR EACH STATEMENT EXECUTE FUNCTION count_access_change();

-- Of a key one thing may change, once: that it is revoked.
CREATE TRIGGER api_key_only_revoked BEFORE UPDATE ON api_key FOR EACH ROW
    WHEN (
        old.revoked_at IS NOT NULL OR new.revoked_at IS NULL
        OR (old.tenant, old.key_id, old.name, old.roles, old.key_hash)
            <> (new.tenant, new.key_id, new.name, new.roles, new.key_hash)
        OR (old.created_at, old.created_by) <> (new.created_at, new.created_by)
        OR old.expires_at IS DISTINCT FROM new.expires_at
    )
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER api_key_no_delete BEFORE DELETE ON api_key
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER api_key_no_truncate BEFORE TRUNCATE ON api_key
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER revoked_token_no_change BEFORE UPDATE OR DELETE ON revoked_token
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revoked_token_no_truncate BEFORE TRUNCATE ON revoked_token
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
