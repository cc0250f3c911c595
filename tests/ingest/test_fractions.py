"""A rate given as a fraction, against decimal arithmetic."""

import json
from decimal import Decimal

from seawall.ingest import ingest_source, open_source
from seawall.ingest.profile import parse_profile

PROFILE = parse_profile(
    b"""
name = "rates"
source_system = "s"
key = "row"
[[fields]]
name = "currency"
kind = "currency"
default = "EUR"
[[fields]]
name = "rate_pct"
kind = "rate"
unit = "fraction"
from = ["rate"]
""",
    where="rates.toml",
)


def test_a_fraction_is_the_double_nearest_to_its_percentage() -> None:
    texts = [f"0.{n:04}" for n in range(10_000)]
    texts += [f"{n * 1_234_567_891 % 10**k}e-{k}" for k in range(1, 18) for n in range(200)]
    tape = json.dumps([{"rate": text} for text in texts]).encode()
    read = ingest_source(open_source(tape, format="json"), PROFILE)
    found = read.records.to_arrow()["rate_pct"].to_pylist()
    assert found == [float(Decimal(text) * 100) for text in texts]
