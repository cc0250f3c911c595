"""Records in the shape that the profile ``todiscope`` reads, many at a time."""

import json
from typing import Any


def records(count: int) -> list[dict[str, Any]]:
    """Records that differ; every seventh has a refused cell, every fiftieth repeats a key."""
    return [
        {
            "source_system": "erp",
            "source_record_id": str(index - 1 if index % 50 == 49 else index),
            "payload": {
                "obligor_id": f"o{index % 11}",
                "financial": {
                    "debt": {
                        "total_outstanding": 1000 + index if index % 7 else "broken",
                        "interest_rate_pct": index % 9,
                        "collateral_value": 600,
                        **({"instruments": [{"principal": index}] * 2} if index % 5 == 1 else {}),
                    },
                    "distressed_assets": [{"name": "a", "value": 10, "recovery": index % 100}],
                },
            },
        }
        for index in range(count)
    ]


def as_array(rows: list[dict[str, Any]]) -> bytes:
    return b"[" + b",\n ".join(json.dumps(row).encode() for row in rows) + b"]"


def as_lines(rows: list[dict[str, Any]]) -> bytes:
    return b"\n\n".join(json.dumps(row).encode() for row in rows) + b"\n"
