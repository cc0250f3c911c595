"""Links in SQLite, where each has the number of its finding: the rowid, which is the finding's."""

from collections.abc import Sequence
from functools import cache
from itertools import compress
from operator import not_
from typing import cast

import apsw
import msgspec

from seawall.store.known_ids import KnownIds
from seawall.store.refusals import refers_to_nothing
from seawall.store.row_writes import Values
from seawall.store.sqlite_references import SCANNED_FOR_ONE
from seawall.store.sqlite_tables import parts
from seawall.store.tables import FINDING

OF_FINDING = (
    "finding_id = :finding_id AND finding_number ="
    " (SELECT rowid FROM finding WHERE finding_id = :finding_id AND tenant = :tenant)"
)
"""The links of a finding."""

TO_FINDING = "link.finding_number = finding.rowid AND link.finding_id = finding.finding_id"
"""The same, where the finding is in the statement too."""

PAGE_OF_LINKS = """
    SELECT {columns} FROM finding CROSS JOIN link
    WHERE link.finding_number = finding.rowid
        AND link.finding_id = finding.finding_id AND link.tenant = finding.tenant
        AND finding.finding_id >= :finding_id AND +finding.tenant = :tenant
        AND (finding.finding_id, evidence_id) > (:finding_id, :evidence_id)
    ORDER BY finding.finding_id, evidence_id LIMIT :limit
"""
"""Links of a tenant by finding and evidence, after one of them."""

LINKS_ELSEWHERE = """
    SELECT 'link', 'finding' FROM link LEFT JOIN finding ON finding.rowid = finding_number
        AND finding.finding_id = link.finding_id AND finding.tenant = link.tenant
    WHERE finding.rowid IS NULL
"""
"""Child and parent of each link that does not have the number of its finding."""

_FINDING_ID = 2  # its place in a row of the table
_SCANNED = 256
"""So many findings or more are looked for among all between the first and the last of them."""


def finding_numbers(
    connection: apsw.Connection, known: KnownIds, rows: Sequence[Values]
) -> list[int]:
    """Tell the number of the finding of each link; raises NotFound where there is none."""
    tenants = {row[0] for row in rows}
    if len(tenants) == 1:
        return _numbers(connection, known, tenants.pop(), [row[_FINDING_ID] for row in rows])
    numbers = {}
    for tenant in tenants:
        ids = [row[_FINDING_ID] for row in rows if row[0] == tenant]
        numbers[tenant] = iter(_numbers(connection, known, tenant, ids))
    return [next(numbers[row[0]]) for row in rows]


def _numbers(
    connection: apsw.Connection, known: KnownIds, tenant: str, ids: list[str]
) -> list[int]:
    numbers = known.numbers(FINDING.name, tenant, ids)
    if all(numbers):
        return numbers
    left = sorted(dict.fromkeys(compress(ids, map(not_, numbers))))  # they mostly come in order
    found: dict[str, int] = {}
    if len(left) >= _SCANNED:
        found = _between(connection, tenant, left)
        left = [one for one in left if one not in found]
    found |= _looked_up(connection, tenant, left)
    return [number or found[one] for one, number in zip(ids, numbers, strict=True)]


def _between(connection: apsw.Connection, tenant: str, ordered: list[str]) -> dict[str, int]:
    """Read the findings from the first to the last in one step, if they are not too many."""
    found, numbers = connection.execute(
        "SELECT json_group_array(finding_id), json_group_array(number) FROM"
        " (SELECT finding_id, rowid AS number FROM finding"
        " WHERE finding_id BETWEEN ? AND ? AND tenant = ? ORDER BY finding_id LIMIT ?)",
        (ordered[0], ordered[-1], tenant, SCANNED_FOR_ONE * len(ordered)),
    ).get
    joined = '","'.join(ordered)
    ids = ordered if found == f'["{joined}"]' else msgspec.json.decode(found)  # mostly they are all
    return dict(zip(ids, msgspec.json.decode(numbers), strict=True))


def _looked_up(connection: apsw.Connection, tenant: str, ordered: list[str]) -> dict[str, int]:
    """Look up each, in order, so that neighbours lie on one page."""
    numbers: dict[str, int] = {}
    for part in parts(len(ordered)):
        some = ordered[part]
        found = connection.execute(_found(len(some)), (*some, tenant)).fetchall()
        numbers |= cast(list[tuple[str, int]], found)
    if len(numbers) < len(ordered):
        raise refers_to_nothing()
    return numbers


@cache
def _found(count: int) -> str:
    wanted = ", ".join(["(?)"] * count)
    return (
        f"SELECT wanted.column1, kept.rowid FROM (VALUES {wanted}) AS wanted"
        " CROSS JOIN finding AS kept"
        " WHERE kept.finding_id = wanted.column1 AND kept.tenant = ?"
    )
