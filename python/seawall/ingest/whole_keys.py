"""Records that must all have their key: the first one without it refuses the rest."""

from typing import Any

from seawall.errors import InvalidInput, LimitExceeded, SourceUnreadable

# How the core begins and ends its reason; of all of them the rule is record_unreadable.
_NO_JSON, _TOO_DEEP = "not JSON ", ": too deep"


def keyless_refusal(reject: dict[str, Any]) -> InvalidInput:
    """Return the failure of a source of which a record has this reject.

    ``limit_exceeded``, ``source_unreadable`` or ``record_invalid_type`` for one that is nested too
    deeply, no JSON or no object, else ``source_system_required`` or ``source_record_id_required``.
    """
    reason, place = reject["reason"], reject_place(reject)
    if reject["rule"] == "required_missing":
        return InvalidInput(reason, where=place, code=f"{reject['field']}_required")
    if reason.endswith(_TOO_DEEP):
        return LimitExceeded("is nested too deeply", where=place)
    if reason.startswith(_NO_JSON):
        return SourceUnreadable(reason, where=place)
    return InvalidInput(reason, where=place, code="record_invalid_type")


def reject_place(reject: dict[str, Any]) -> str:
    """Return where what was refused stands."""
    field = f".{reject['field']}" if reject["field"] else ""
    return f"records[{reject['record']}]{field}"
