-- A link is found by the rowid of its finding: links of new findings fill the last page of their
-- index, where by the finding's random identifier each would change a page of its own.

CREATE TABLE link_by_finding (
    tenant TEXT NOT NULL,
    link_id TEXT NOT NULL CHECK (link_id <> ''),
    finding_id TEXT NOT NULL,
    evidence_id TEXT NOT NULL,
    finding_number INTEGER NOT NULL, -- rowid of the finding
    PRIMARY KEY (finding_number, evidence_id),
    FOREIGN KEY (finding_id, tenant) REFERENCES finding,
    FOREIGN KEY (evidence_id, tenant) REFERENCES evidence
) STRICT;

-- Each keeps its rowid, which is its place in the log. One whose finding somebody removed stays to
-- be found by the check of the ledger.
INSERT INTO link_by_finding (rowid, tenant, link_id, finding_id, evidence_id, finding_number)
SELECT link.rowid, link.tenant, link_id, link.finding_id, evidence_id,
    coalesce(finding.rowid, -link.rowid)
FROM link LEFT JOIN finding
    ON finding.finding_id = link.finding_id AND finding.tenant = link.tenant
ORDER BY link.rowid;

DROP TABLE link;
ALTER TABLE link_by_finding RENAME TO link;

CREATE TRIGGER link_no_update BEFORE UPDATE ON link
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LINK'); END;
CREATE TRIGGER link_no_delete BEFORE DELETE ON link
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_LINK'); END;
