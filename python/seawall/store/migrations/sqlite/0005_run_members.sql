-- What a run left behind is one row beside it, in the order of the runs, instead of a row a member
-- under the run's random identifier: new runs fill the last page, and not a page of an index each.

CREATE TABLE run_members (
    run_number INTEGER PRIMARY KEY, -- rowid of the run
    evidence_ids TEXT NOT NULL CHECK (json_valid(evidence_ids)),
    finding_ids TEXT NOT NULL CHECK (json_valid(finding_ids))
) STRICT;

INSERT INTO run_members (run_number, evidence_ids, finding_ids)
SELECT
    run.rowid,
    (
        SELECT json_group_array(evidence_id) FROM run_evidence AS member
        WHERE member.run_id = run.run_id AND member.tenant = run.tenant
    ),
    (
        SELECT json_group_array(finding_id) FROM run_finding AS member
        WHERE member.run_id = run.run_id AND member.tenant = run.tenant
    )
FROM run ORDER BY run.rowid;

DROP TABLE run_evidence;
DROP TABLE run_finding;

CREATE VIEW run_evidence AS
SELECT run.tenant AS tenant, run.run_id AS run_id, member.value AS evidence_id
FROM run CROSS JOIN run_members CROSS JOIN json_each(run_members.evidence_ids) AS member
WHERE run_members.run_number = run.rowid;

CREATE VIEW run_finding AS
SELECT run.tenant AS tenant, run.run_id AS run_id, member.value AS finding_id
FROM run CROSS JOIN run_members CROSS JOIN json_each(run_members.finding_ids) AS member
WHERE run_members.run_number = run.rowid;

CREATE TRIGGER run_members_no_update BEFORE UPDATE ON run_members
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RUN_MEMBERS'); END;
CREATE TRIGGER run_members_no_delete BEFORE DELETE ON run_members
BEGIN SELECT RAISE(ABORT, 'IMMUTABLE_RUN_MEMBERS'); END;
