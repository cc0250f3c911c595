-- The log: a Merkle tree (RFC 6962) over the rows of each table that is kept for good. Leaf i of a
-- tree is the row whose rowid is i + 1; rows are never deleted and a row that is not kept takes no
-- rowid, so they have no gap. VACUUM keeps an order without gaps as it is.

-- Links get a rowid too. Existing ones are numbered as they lie: no head was ever signed over them.
CREATE TABLE link_in_order (
    tenant TEXT NOT NULL,
    link_id TEXT NOT NULL CHECK (link_id <> ''),
    finding_id TEXT NOT NULL,
    evidence_id TEXT NOT NULL,
    PRIMARY KEY (finding_id, evidence_id, tenant),
    FOREIGN KEY (finding_id, tenant) REFERENCES finding,
    FOREIGN KEY (evidence_id, tenant) REFERENCES evidence
) STRICT;
INSERT INTO link_in_order (tenant, link_id, finding_id, evidence_id)
SELECT tenant, link_id, finding_id, evidence_id FROM link
ORDER BY finding_id, evidence_id, tenant;
DROP TRIGGER link_no_update;
DROP TRIGGER link_no_delete;
DROP TABLE link;
ALTER TABLE link_in_order RENAME TO link;
CREATE TRIGGER link_no_update BEFORE UPDATE ON link
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LINK'); END;
CREATE TRIGGER link_no_delete BEFORE DELETE ON link
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LINK'); END;

-- Tells the heads of this ledger from those of another.
CREATE TABLE log_ledger (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    ledger_id TEXT NOT NULL
) STRICT;
INSERT INTO log_ledger VALUES (1, 'ledger_' || lower(hex(randomblob(16))));

-- How far each tree has come: the roots of the complete subtrees it is made of, the largest first.
CREATE TABLE log_tree (
    tree TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL CHECK (size >= 0),
    peaks BLOB NOT NULL CHECK (length(peaks) % 32 = 0)
) STRICT, WITHOUT ROWID;
INSERT INTO log_tree VALUES
    ('audit_entry', 0, x''), ('dataset_version', 0, x''), ('derivation', 0, x''),
    ('evidence', 0, x''), ('finding', 0, x''), ('link', 0, x''), ('run', 0, x'');

-- 256 hashes in a row: of leaves at level 0, of the tiles below at the next. The root stands before
-- the hashes, so that it is read without them.
CREATE TABLE log_tile (
    tree TEXT NOT NULL,
    level INTEGER NOT NULL CHECK (level >= 0),
    tile INTEGER NOT NULL CHECK (tile >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (tree, level, tile)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_head (
    number INTEGER PRIMARY KEY CHECK (number >= 1),
    head BLOB NOT NULL,
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    public_key BLOB NOT NULL CHECK (length(public_key) = 32)
) STRICT;

CREATE TRIGGER log_ledger_no_update BEFORE UPDATE ON log_ledger
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LOG_LEDGER'); END;
CREATE TRIGGER log_ledger_no_delete BEFORE DELETE ON log_ledger
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LOG_LEDGER'); END;

CREATE TRIGGER log_tree_only_grows BEFORE UPDATE ON log_tree
WHEN old.tree <> new.tree OR new.size <= old.size
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LOG_TREE'); END;
CREATE TRIGGER log_tree_no_delete BEFORE DELETE ON log_tree
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LOG_TREE'); END;

CREATE TRIGGER log_tile_no_update BEFORE UPDATE ON log_tile
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LOG_TILE'); END;
CREATE TRIGGER log_tile_no_delete BEFORE DELETE ON log_tile
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LOG_TILE'); END;

CREATE TRIGGER log_head_no_update BEFORE UPDATE ON log_head
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LOG_HEAD'); END;
CREATE TRIGGER log_head_no_delete BEFORE DELETE ON log_head
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LOG_HEAD'); END;
