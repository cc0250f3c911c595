"""A book in the currency its caller chooses: all is converted, nothing left out in silence."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall import native
from seawall.errors import CurrencyMixed, InvalidInput

from .contract import DEFAULT_SCENARIOS, exposure, scale, stressed
from .tables import list_table, records_table, rows_of

SCENARIOS = list(DEFAULT_SCENARIOS.items())
RATIOS = {
    "interest_rate_pct",
    "collateral_coverage_ratio",
    "leverage_ratio",
    "distressed_asset_recovery_ratio",
    "distressed_asset_count",
    "impact_score",
}

amounts = st.one_of(st.just(0.0), st.floats(1, 1e9))
rates = st.one_of(st.just(0.0), st.floats(0.01, 60))
payloads = st.fixed_dictionaries(
    {
        "debt": st.fixed_dictionaries(
            {"total_outstanding": amounts, "interest_rate_pct": rates},
            optional={"collateral_value": amounts, "assets_value": amounts},
        ),
        "instruments": st.lists(
            st.fixed_dictionaries(
                {"principal": st.floats(1, 1e9), "interest_rate_pct": rates},
                optional={"collateral_value": amounts},
            ),
            max_size=3,
        ),
        "distressed": st.lists(
            st.fixed_dictionaries({"value": amounts, "recovery_rate_pct": rates}), max_size=2
        ),
        "currency": st.sampled_from(["EUR", "USD", "JPY", "XAU"]),
    }
)
RATES = {"USD": 0.9174, "JPY": 0.00613}  # none for XAU


def decode(book: list[dict[str, Any]], **options: Any) -> native.DebtBook:
    return native.DebtBook(
        records_table([{**entry["debt"], "currency": entry["currency"]} for entry in book]),
        list_table([entry["instruments"] for entry in book]),
        list_table([entry["distressed"] for entry in book]),
        **options,
    )


def converted(entry: dict[str, Any], rate: float) -> dict[str, float]:
    """The slow twin of a record, whose amounts are converted one by one before anything else."""

    def at_rate(figures: dict[str, float]) -> dict[str, float]:
        return {k: v if k.endswith("_pct") else v * rate for k, v in figures.items()}

    debt = at_rate(entry["debt"])
    return exposure(
        {
            "assets": debt.pop("assets_value", 0.0),
            "financial": {
                "debt": {**debt, "instruments": [at_rate(i) for i in entry["instruments"]]}
            },
            "distressed_assets": [at_rate(d) for d in entry["distressed"]],
        }
    )


@settings(max_examples=100)
@given(st.lists(payloads, min_size=1, max_size=10))
def test_a_converted_book_is_the_sum_of_its_converted_records(book: list[dict[str, Any]]) -> None:
    rate_of = {"EUR": 1.0, **RATES}
    kept = [entry for entry in book if entry["currency"] in rate_of]
    if not kept:
        with pytest.raises(InvalidInput) as caught:
            decode(book, currency="EUR", rates=RATES)
        assert caught.value.where == "currency_rates"
        return
    decoded = decode(book, currency="EUR", rates=RATES)
    run = native.run_debt_stress(decoded, SCENARIOS, threads=1)
    bases = [converted(entry, rate_of[entry["currency"]]) for entry in kept]
    assert decoded.record_count == len(kept)
    for row, base, entry in zip(rows_of(run.records()), bases, kept, strict=True):
        for name in base.keys() & row.keys():
            assert row[name] == pytest.approx(base[name], rel=1e-12, abs=1e-12 * scale(base)), name
        assert row["currency"] == entry["currency"]
        assert row["currency_rate"] == rate_of[entry["currency"]]
        original = converted(entry, 1.0)["total_outstanding"]
        assert row["original_total_outstanding"] == pytest.approx(original, rel=1e-12)
    size = sum(b["total_outstanding"] + b["collateral_value"] for b in bases)
    for figures, (_, shock) in zip(run.scenarios, SCENARIOS, strict=True):
        loss = sum(stressed(base, shock)["loss_estimate"] for base in bases)
        assert abs(figures["loss_estimate"] - loss) <= 1e-12 * size


@settings(max_examples=50)
@given(st.lists(payloads, min_size=1, max_size=6), st.integers(-10, 10))
def test_a_rate_that_is_a_power_of_two_scales_every_amount_exactly(
    book: list[dict[str, Any]], exponent: int
) -> None:
    dollars = [{**entry, "currency": "USD"} for entry in book]
    rate = 2.0**exponent
    scaled = native.run_debt_stress(decode(dollars, currency="EUR", rates={"USD": rate}), SCENARIOS)
    plain = native.run_debt_stress(decode(dollars), SCENARIOS)
    for found, base in zip(
        [scaled.exposure, *scaled.scenarios], [plain.exposure, *plain.scenarios], strict=True
    ):
        for name, figure in base.items():
            if name != "impact_score":  # a fraction of the total, but of 1 below it
                assert found[name] == (figure if name in RATIOS else rate * figure), name


def test_the_book_s_own_currency_changes_no_bit() -> None:
    book = [{"debt": {"total_outstanding": 0.1}, "instruments": [], "distressed": []}] * 3
    book = [{**entry, "currency": "EUR"} for entry in book]
    plain, chosen = decode(book), decode(book, currency="EUR", rates={"EUR": 1.0})
    runs = [native.run_debt_stress(b, SCENARIOS) for b in (plain, chosen)]
    assert runs[0].exposure == runs[1].exposure
    assert runs[0].scenarios == runs[1].scenarios


MIXED = [
    {"currency": "USD", "total_outstanding": 100.0},
    {"currency": "JPY", "total_outstanding": 5000.0},
    {"currency": "CHF", "total_outstanding": 70.0},
    {"currency": "USD", "total_outstanding": 300.0},
]


def test_a_record_without_a_rate_is_left_out_with_all_its_parts_and_listed() -> None:
    instruments = list_table([[{"principal": float(10 + i)}] for i in range(4)])
    assets = list_table([[{"value": float(i + 1), "recovery_rate_pct": 50.0}] for i in range(4)])
    book = native.DebtBook(
        records_table(MIXED), instruments, assets, currency="USD", rates={"CHF": 2.0}
    )
    run = native.run_debt_stress(book, SCENARIOS)
    assert rows_of(book.unconverted) == [
        {"record": 1, "source_row": 3, "currency": "JPY", "total_outstanding": 11.0}
    ]
    assert [row["record"] for row in rows_of(run.records())] == [0, 2, 3]
    assert [row["principal"] for row in rows_of(run.positions())] == [10.0, 24.0, 13.0]
    assert run.exposure["distressed_asset_count"] == 3
    assert [record for record, _ in run.largest(0, 5)] == [2, 3, 0]


def test_a_bad_share_is_refused_at_its_record_although_others_are_left_out() -> None:
    loans = [*MIXED[:3], {**MIXED[3], "collateral_share": 101.0}]
    with pytest.raises(InvalidInput) as caught:
        native.DebtBook(records_table(loans), currency="USD", rates={"CHF": 2.0})
    assert caught.value.where == "collateral_share[3]"


def test_each_currency_is_listed_with_its_rate_and_its_totals() -> None:
    book = native.DebtBook(records_table(MIXED), currency="EUR", rates={"USD": 0.5, "CHF": 2.0})
    names = (
        "currency",
        "rate",
        "record_count",
        "original_total_outstanding",
        "total_outstanding",
    )
    assert [tuple(c[name] for name in names) for c in book.currencies] == [
        ("USD", 0.5, 2, 400.0, 200.0),
        ("CHF", 2.0, 1, 70.0, 140.0),
        ("JPY", None, 1, 5000.0, None),
    ]


def test_a_book_that_nobody_converted_is_as_before() -> None:
    book = native.DebtBook(records_table([{"total_outstanding": 3.0, "currency": "JPY"}]))
    columns = native.run_debt_stress(book, SCENARIOS).records().column_names
    assert not {"currency", "currency_rate", "original_total_outstanding"} & set(columns)
    assert rows_of(book.unconverted) == []
    assert [(c["currency"], c["rate"], c["total_outstanding"]) for c in book.currencies] == [
        ("JPY", 1.0, 3.0)
    ]
    with pytest.raises(CurrencyMixed):
        native.DebtBook(records_table(MIXED))


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"currency": "USD", "rates": {"JPY": 0.0}}, "currency_rates[JPY]"),
        ({"currency": "USD", "rates": {"JPY": float("nan")}}, "currency_rates[JPY]"),
        ({"currency": "USD", "rates": {"JPY": 1e13}}, "currency_rates[JPY]"),
        ({"currency": "USD", "rates": {"USD": 2.0}}, "currency_rates[USD]"),
        ({"currency": "SEK", "rates": {"NOK": 1.0}}, "currency_rates"),
        ({"currency": ""}, "currency"),
        ({"rates": {"JPY": 1.0}}, "rates"),
    ],
)
def test_a_conversion_of_no_meaning_is_refused_at_its_place(
    options: dict[str, Any], where: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        native.DebtBook(records_table(MIXED), **options)
    assert caught.value.where == where
