"""Why a dataset is not written: too much of it was refused, or a record has no key."""

from typing import Any

from seawall.errors import DatasetRefused, InvalidInput, LimitExceeded, SourceUnreadable
from seawall.ingest import IngestedTape

_KEYS = ("source_system", "source_record_id")
# How the core begins and ends its reason; of all of them the rule is record_unreadable.
_NO_JSON, _TOO_DEEP = "not JSON ", ": too deep"


def refusal(tape: IngestedTape, refused: int, *, strict: bool) -> DatasetRefused:
    """Return the failure of a dataset of which ``refused`` things were refused."""
    from pyarrow import compute

    rejects = tape.rejects.to_arrow()
    if refused > 0:
        rejects = rejects.filter(compute.not_equal(rejects["refused"], "set_aside"))
    first = rejects.slice(0, 1).to_pylist()[0]
    why = "strict" if strict else f'no record is left; does the profile "{tape.profile.name}" fit?'
    return DatasetRefused(
        f"{first['reason']} (rule {first['rule']}, source row {first['source_row']}); "
        f"{refused:,} refused in all, nothing written ({why})",
        where=_place(first),
    )


def check_keys(tape: IngestedTape) -> None:
    """Refuse records without their key.

    Raises
    ------
    InvalidInput
        ``limit_exceeded``, ``source_unreadable`` or ``record_invalid_type`` for the first one that
        is nested too deeply, no JSON or no object, else
        ``source_system_required`` or ``source_record_id_required`` for the first one without it.
    """
    if not {"record_unreadable", "required_missing"} & tape.rejects_by_rule.keys():
        return
    from pyarrow import compute

    rejects = tape.rejects.to_arrow()
    unreadable = compute.equal(rejects["rule"], "record_unreadable")
    keyless = compute.and_(
        compute.equal(rejects["rule"], "required_missing"),
        compute.or_(*(compute.equal(rejects["field"], name) for name in _KEYS)),
    )
    found = rejects.filter(compute.fill_null(compute.or_(unreadable, keyless), False))
    for first in found.slice(0, 1).to_pylist():
        is_keyless = first["rule"] == "required_missing"
        if not is_keyless and first["reason"].endswith(_TOO_DEEP):
            raise LimitExceeded("is nested too deeply", where=_place(first))
        if not is_keyless and first["reason"].startswith(_NO_JSON):
            raise SourceUnreadable(first["reason"], where=_place(first))
        code = f"{first['field']}_required" if is_keyless else "record_invalid_type"
        raise InvalidInput(first["reason"], where=_place(first), code=code)


def _place(reject: dict[str, Any]) -> str:
    field = f".{reject['field']}" if reject["field"] else ""
    return f"records[{reject['record']}]{field}"
