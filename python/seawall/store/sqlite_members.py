"""What runs left behind, kept in SQLite as one row beside each run; views show it row by row."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import apsw
import msgspec

from seawall.store.refusals import refers_to_nothing
from seawall.store.sqlite_tables import parts

LOST_MEMBERS = """
    SELECT 'run_evidence', 'evidence' FROM run_evidence AS member WHERE NOT EXISTS
        (SELECT 1 FROM evidence AS kept
         WHERE kept.evidence_id = member.evidence_id AND kept.tenant = member.tenant)
    UNION ALL SELECT 'run_finding', 'finding' FROM run_finding AS member WHERE NOT EXISTS
        (SELECT 1 FROM finding AS kept
         WHERE kept.finding_id = member.finding_id AND kept.tenant = member.tenant)
    UNION ALL SELECT 'run_members', 'run' FROM run_members
        WHERE run_number NOT IN (SELECT rowid FROM run)
"""
"""Child and parent of each member that is not there, and of members without their run."""

_JSON = msgspec.json.Encoder()


class MembersTable:
    """The table of the members, put by rows of tenant, run and the identifiers of either kind."""

    name = "run_members"

    def put(self, connection: apsw.Connection, rows: list[tuple[Any, ...]], _: list[int]) -> int:
        """Insert the members of runs that are there and have none yet."""
        before = connection.total_changes()
        for part in parts(len(rows)):
            cells = [
                cell
                for tenant, run_id, evidence_ids, finding_ids in rows[part]
                for cell in (tenant, run_id, _array(evidence_ids), _array(finding_ids))
            ]
            connection.execute(_insert(part.stop - part.start), cells)
        created = connection.total_changes() - before
        if created < len(rows):
            raise refers_to_nothing()
        return created


RUN_MEMBERS = MembersTable()


def _array(identifiers: Sequence[str]) -> str:
    return _JSON.encode(list(dict.fromkeys(identifiers))).decode()


@cache
def _insert(count: int) -> str:
    new = ", ".join(["(?, ?, ?, ?)"] * count)
    return (
        "INSERT OR FAIL INTO run_members (run_number, evidence_ids, finding_ids)"
        f" SELECT run.rowid, new.column3, new.column4 FROM (VALUES {new}) AS new"
        " CROSS JOIN run WHERE run.run_id = new.column2 AND run.tenant = new.column1"
    )
