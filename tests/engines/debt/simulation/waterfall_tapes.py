"""Tapes of loans that a waterfall connects."""

from typing import Any

from seawall.session import Run, Session

COLUMNS = (
    "loan_id",
    "obligor_id",
    "currency",
    "outstanding",
    "collateral_value",
    "pd_pct",
    "seniority",
    "collateral_group_id",
    "guarantor_id",
    "cash",
)
FIXED_VALUE = {"collateral_volatility_pct": 0}


def loan(number: int, **cells: Any) -> dict[str, Any]:
    """A loan that defaults for certain, secured by half of what is owed."""
    return {
        "loan_id": f"L{number}",
        "obligor_id": f"O{number}",
        "currency": "EUR",
        "outstanding": 1000,
        "collateral_value": 500,
        "pd_pct": 100,
        "seniority": "senior",
        "collateral_group_id": "",
        "guarantor_id": "",
        "cash": "",
    } | cells


def simulate(
    session: Session,
    loans: list[dict[str, Any]],
    asked: dict[str, Any] | None = None,
    *,
    scenarios: int = 2_048,
    **terms: Any,
) -> Run:
    """Simulate a tape; ``terms`` are of the waterfall, ``asked`` further parameters."""
    lines = [",".join(COLUMNS), *(",".join(str(row[name]) for name in COLUMNS) for row in loans)]
    data = "\n".join(lines).encode()
    return session.simulate(
        session.ingest(data, profile="generic", format="csv"),
        scenarios=scenarios,
        levels=[0.9],
        parameters={
            "factors": {"asset_correlation": 0.3},
            "loss_given_default": {"model": "waterfall", **terms},
            **(asked or {}),
        },
    )


def connected_loans() -> list[dict[str, Any]]:
    """Twelve loans: some share a site and are guaranteed by the next one, some stand alone."""
    return [
        loan(
            number,
            pd_pct=10 + 5 * (number % 6),
            collateral_group_id=f"A{number // 3}" if number < 6 else "",
            guarantor_id=f"O{number + 1}" if number % 4 == 0 else "",
            seniority="junior" if number % 5 == 0 else "senior",
            cash=40 if number % 3 == 0 else "",
        )
        for number in range(12)
    ]
