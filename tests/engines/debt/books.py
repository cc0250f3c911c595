"""Small books in the shape that the profile ``todiscope`` reads."""

import json
from typing import Any

CONTRACT_DEBT = {
    "total_outstanding": 1_000_000,
    "interest_rate_pct": 5,
    "collateral_value": 750_000,
}
CONTRACT_ASSETS = [
    {"name": "plant", "value": 200_000, "recovery_rate_pct": 50},
    {"name": "ships", "value": 90_000, "recovery_rate_pct": 50},
]


def record(payload: dict[str, Any], name: str = "1") -> dict[str, Any]:
    return {"source_system": "erp", "source_record_id": name, "payload": payload}


def debt(name: str = "1", **figures: Any) -> dict[str, Any]:
    return record({"financial": {"debt": figures}}, name)


def contract_record(name: str = "1") -> dict[str, Any]:
    return record(
        {"financial": {"debt": CONTRACT_DEBT}, "distressed_assets": CONTRACT_ASSETS}, name
    )


def encode(*records: dict[str, Any]) -> bytes:
    return json.dumps(list(records)).encode()
