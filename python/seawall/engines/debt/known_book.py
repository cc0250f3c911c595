"""One small book, of which what the engines answer is worked out by hand."""

PROFILE = "todiscope"

# A loan of a million on collateral of 750,000, and a claim of 290,000 of which half comes back:
# 1,000,000 − 750,000 − 145,000 = 105,000 are not covered.
RECORDS = b"""{"records": [{
    "source_system": "seawall",
    "source_record_id": "known",
    "financial": {
        "currency": "EUR",
        "debt": {
            "total_outstanding": 1000000, "interest_rate_pct": 5, "collateral_value": 750000
        },
        "distressed_assets": [{"name": "claim", "value": 290000, "recovery_rate_pct": 50}]
    }
}]}"""
