"""A hand-made week of a book's cash."""

from typing import Any


def week(at: int, strain: float) -> dict[str, Any]:
    """A week whose cash grows by what is left; with strain more than half is not paid."""
    interest, principal = 600_000.25 + 1_000 * at, 250_000.0 if at % 4 == 0 else 0.0
    maturing = 4e6 if at == 9 else 0.0
    short = (interest + principal) * strain * 0.6
    receipts, operating, lacking = 2.1e6 * (1 - strain / 2), 900_000.5, 40_000.75 * strain
    paid = interest + principal - short
    opening = 5e6 + (at - 1) * 10_000.5
    closing = opening + 10_000.5
    return {
        "week": at,
        "date": f"2026-{4 + (7 * at - 1) // 30:02}-{(7 * at - 1) % 30 + 1:02}",
        "opening_cash": opening,
        "receipts": receipts,
        "operating_payments": operating,
        "interest_due": interest,
        "interest_paid": paid - principal / 2,
        "principal_due": principal,
        "principal_paid": principal / 2,
        "maturity_due": maturing,
        "refinanced": maturing * (1 - 0.4 * strain),
        "maturity_paid_in_cash": 0.0,
        "operating_shortfall": lacking,
        "debt_service_shortfall": short,
        "refinancing_shortfall": 0.4 * maturing * strain,
        "distributed": opening + receipts - operating + lacking - paid - closing,
        "closing_cash": closing,
        "obligor_count": 189,
        "short_count": round(strain * (20 + at % 5)),
    }
