-- The log: a Merkle tree (RFC 6962) over the rows of each table that is kept for good. Leaf i of a
-- tree is the row whose log_index is i. Whoever adds rows holds a lock until COMMIT and numbers them
-- on from the last one, so that neither a neighbour nor a rollback leaves a gap.

-- Existing rows are numbered by their keys: no head was ever signed over them.
DO $$
DECLARE
    logged RECORD;
BEGIN
    FOR logged IN
        SELECT * FROM (VALUES
            ('audit_entry', 'sequence'),
            ('dataset_version', 'dataset_version_id, tenant'),
            ('derivation', 'dataset_version_id, tenant'),
            ('evidence', 'evidence_id, tenant'),
            ('finding', 'finding_id, tenant'),
            ('link', 'finding_id, evidence_id, tenant'),
            ('run', 'run_id, tenant')
        ) AS tree (name, key)
    LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN log_index BIGINT CHECK (log_index >= 0)', logged.name);
        EXECUTE format('ALTER TABLE %I DISABLE TRIGGER %I', logged.name, logged.name || '_no_change');
        EXECUTE format(
            'UPDATE %I AS kept SET log_index = numbered.place FROM ('
            'SELECT ctid AS at, row_number() OVER (ORDER BY %s) - 1 AS place FROM %I'
            ') AS numbered WHERE numbered.at = kept.ctid',
            logged.name, logged.key, logged.name);
        EXECUTE format('ALTER TABLE %I ENABLE TRIGGER %I', logged.name, logged.name || '_no_change');
        EXECUTE format('ALTER TABLE %I ALTER COLUMN log_index SET NOT NULL', logged.name);
        EXECUTE format(
            'CREATE UNIQUE INDEX %I ON %I (log_index)', logged.name || '_in_log_order', logged.name);
    END LOOP;
END $$;

-- Tells the heads of this ledger from those of another.
CREATE TABLE log_ledger (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    ledger_id TEXT COLLATE "C" NOT NULL
);
INSERT INTO log_ledger VALUES (1, 'ledger_' || replace(gen_random_uuid()::text, '-', ''));

-- How far each tree has come: the roots of the complete subtrees it is made of, the largest first.
CREATE TABLE log_tree (
    tree TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL CHECK (size >= 0),
    peaks BYTEA NOT NULL CHECK (length(peaks) % 32 = 0)
) WITH (fillfactor = 20);
INSERT INTO log_tree VALUES
    ('audit_entry', 0, ''), ('dataset_version', 0, ''), ('derivation', 0, ''),
    ('evidence', 0, ''), ('finding', 0, ''), ('link', 0, ''), ('run', 0, '');

-- 256 hashes in a row: of leaves at level 0, of the tiles below at the next. Hashes do not pack, and
-- lie aside, so that the roots are read without them.
CREATE TABLE log_tile (
    tree TEXT COLLATE "C" NOT NULL,
    level BIGINT NOT NULL CHECK (level >= 0),
    tile BIGINT NOT NULL CHECK (tile >= 0),
    root BYTEA NOT NULL CHECK (length(root) = 32),
    hashes BYTEA NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (tree, level, tile)
);
ALTER TABLE log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE log_head (
    number BIGINT PRIMARY KEY CHECK (number >= 1),
    head BYTEA NOT NULL,
    signature BYTEA NOT NULL CHECK (length(signature) = 64),
    public_key BYTEA NOT NULL CHECK (length(public_key) = 32)
);

CREATE TRIGGER log_ledger_no_change BEFORE UPDATE OR DELETE ON log_ledger
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_ledger_no_truncate BEFORE TRUNCATE ON log_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER log_tree_only_grows BEFORE UPDATE ON log_tree FOR EACH ROW
    WHEN (old.tree <> new.tree OR new.size <= old.size)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_tree_no_delete BEFORE DELETE ON log_tree
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_tree_no_truncate BEFORE TRUNCATE ON log_tree
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER log_tile_no_change BEFORE UPDATE OR DELETE ON log_tile
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_tile_no_truncate BEFORE TRUNCATE ON log_tile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER log_head_no_change BEFORE UPDATE OR DELETE ON log_head
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_head_no_truncate BEFORE TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
