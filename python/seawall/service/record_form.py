"""What a record is, for the document: the core reads records, and refuses them at their place."""

from typing import Annotated, Any

from msgspec import Meta

DEFAULT_PROFILE = "todiscope"

_KEY = {"type": ["string", "number"], "pattern": r"\S"}

Record = Annotated[
    dict[str, Any],
    Meta(
        description="A record. What is read of it is its profile's; all of it is kept. A figure is "
        "a number, or a text that is one; one that is not readable is refused with its place, and "
        "counts as absent.",
        extra_json_schema={
            "properties": {
                "source_system": {"description": "What it comes from; not blank."},
                "source_record_id": {"description": "Its name there; not blank."},
                "financial": {
                    "description": "currency (ISO 4217); debt: total_outstanding, "
                    "interest_rate_pct (percent), collateral_value, and instruments, each with "
                    "principal, interest_rate_pct and collateral_value; assets, or asset_value; "
                    "distressed_assets, as below. The profile knows other names of each."
                },
                "assets": {"description": "A value, where financial states none."},
                "distressed_assets": {
                    "description": "Each with name, value and recovery_rate_pct (percent)."
                },
            },
            "examples": [
                {
                    "source_system": "core",
                    "source_record_id": "loan-1",
                    "financial": {
                        "currency": "EUR",
                        "debt": {
                            "total_outstanding": 1_000_000,
                            "interest_rate_pct": 5,
                            "collateral_value": 750_000,
                        },
                        "distressed_assets": [
                            {"name": "claim", "value": 290_000, "recovery_rate_pct": 50}
                        ],
                    },
                }
            ],
        },
    ),
]

KEYED_RECORDS = Meta(
    extra_json_schema={
        "if": {"properties": {"profile": {"const": DEFAULT_PROFILE}}},
        "then": {
            "properties": {
                "records": {
                    "items": {
                        "properties": {"source_system": _KEY, "source_record_id": _KEY},
                        "required": ["source_system", "source_record_id"],
                    }
                }
            }
        },
    }
)
"""Says of a body that under the default profile each of its records has a key."""
