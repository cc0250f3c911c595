"""Records that must all have their key: the first one without it refuses the rest."""

from collections.abc import Collection
from typing import Any

from seawall.errors import InvalidInput, LimitExceeded, SourceUnreadable
from seawall.table import Table

_KEYS = ("source_system", "source_record_id")
# How the core begins and ends its reason; of all of them the rule is record_unreadable.
_NO_JSON, _TOO_DEEP = "not JSON ", ": too deep"


def check_keys(rejects: Table, rules: Collection[str]) -> None:
    """Refuse records without their key, of which the rejects are by these rules.

    Raises
    ------
    InvalidInput
        ``limit_exceeded``, ``source_unreadable`` or ``record_invalid_type`` for the first one that
        is nested too deeply, no JSON or no object, else
        ``source_system_required`` or ``source_record_id_required`` for the first one without it.
    """
    if not {"record_unreadable", "required_missing"} & set(rules):
        return
    from pyarrow import compute

    rows = rejects.to_arrow()
    unreadable = compute.equal(rows["rule"], "record_unreadable")
    keyless = compute.and_(
        compute.equal(rows["rule"], "required_missing"),
        compute.or_(*(compute.equal(rows["field"], name) for name in _KEYS)),
    )
    found = rows.filter(compute.fill_null(compute.or_(unreadable, keyless), False))
    for first in found.slice(0, 1).to_pylist():
        is_keyless = first["rule"] == "required_missing"
        if not is_keyless and first["reason"].endswith(_TOO_DEEP):
            raise LimitExceeded("is nested too deeply", where=reject_place(first))
        if not is_keyless and first["reason"].startswith(_NO_JSON):
            raise SourceUnreadable(first["reason"], where=reject_place(first))
        code = f"{first['field']}_required" if is_keyless else "record_invalid_type"
        raise InvalidInput(first["reason"], where=reject_place(first), code=code)


def reject_place(reject: dict[str, Any]) -> str:
    """Return where what was refused stands."""
    field = f".{reject['field']}" if reject["field"] else ""
    return f"records[{reject['record']}]{field}"
