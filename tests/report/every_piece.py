"""An answer with every piece that it may have: paths, currencies, shared collateral."""

from typing import Any

QUARTERS = [f"{year} Q{quarter}" for year in (2026, 2027) for quarter in (1, 2, 3, 4)]


def path(path_id: str, title: str, peak: float) -> dict[str, Any]:
    losses = [peak * (1 - (index - 4) ** 2 / 25) for index in range(len(QUARTERS))]
    return {
        "path_id": path_id,
        "title": title,
        "source": {
            "publisher": "Federal Reserve",
            "document": "supervisory scenarios",
            "year": 2026,
            "obtained": "made up",
        },
        "sha256": "00" * 32,
        "jump_off_quarter": "2025 Q4",
        "quarters": [
            {
                "quarter": quarter,
                "loss_estimate": loss,
                "net_exposure_after_recovery": 3e8 + loss,
                "collateral_value": 9e8 - 2 * loss,
                "interest_payment": 5.5e7,
                "interest_rate_pct": 5.125,
                "default_risk_buffer": 1e6,
            }
            for quarter, loss in zip(QUARTERS, losses, strict=True)
        ],
        "peak_quarter": QUARTERS[4],
        "peak_loss": losses[4],
        "links": [
            {
                "name": "commercial real estate prices",
                "formula": "index of the quarter / index of the jump-off quarter",
                "source": "Table 6A",
                "inputs": ["commercial_real_estate_price_index"],
                "values": {
                    "commercial_real_estate_price_index": [
                        -index / 20 for index, _ in enumerate(QUARTERS)
                    ]
                },
            },
            {
                "name": "unemployment",
                "formula": "points above the jump-off quarter",
                "source": "Table 6A",
                "inputs": ["unemployment_rate"],
                "values": {"unemployment_rate": [index / 2 for index, _ in enumerate(QUARTERS)]},
            },
        ],
        "not_covered": [
            {
                "currency": "CHF",
                "collateral_type": "warehouse",
                "collateral_region": "",
                "rate_type": "",
                "link": "collateral",
                "reason": "no path of Swiss prices is published",
                "record_count": 12,
                "total_outstanding": 4_500_000.0,
            }
        ],
    }


def every_piece() -> dict[str, Any]:
    return {
        "supervisory": [
            path("frb_2026_severely_adverse", "Severely adverse 2026", 1.2e8),
            path("frb_2026_baseline", "Baseline 2026", 2.1e7),
        ],
        "currencies": [
            {
                "currency": "USD",
                "rate": 0.925412,
                "rate_date": "2026-03-31",
                "record_count": 40,
                "original_total_outstanding": 2_000_000.0,
                "total_outstanding": 1_850_824.0,
                "legs": [
                    {"currency": "USD", "per_base": 1.0806, "date": "2026-03-31", "record": 3}
                ],
            }
        ],
        "unconverted": [
            {
                "currency": "RUB",
                "rule": "currency_rate_stale",
                "reason": "no rate after 2022-03-01",
                "record_count": 3,
            }
        ],
        "shared_collateral": {
            "rule": "withheld",
            "count": 25,
            "stated_share_count": 20,
            "debt_service_share_count": 0,
            "withheld_count": 5,
            "withheld_total_outstanding": 7_000_000.0,
        },
    }
