"""How obligors pay, fall short and default: small books that can be followed by hand."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from engines.debt.loan_books import UNCHANGED, loan_book, run_case
from seawall import native
from seawall.table import Table

AS_OF = date(2025, 12, 31)


def bullet(**terms: Any) -> dict[str, Any]:
    """1,200 at 12 % on 30/360: 12 of interest a month, all of it back after the horizon."""
    return {
        "total_outstanding": 1200.0,
        "interest_rate_pct": 12.0,
        "next_payment_date": date(2026, 1, 15),
        "maturity_date": date(2030, 1, 15),
        "amortisation": "bullet",
        **terms,
    }


def rows(table: native.NativeTable) -> list[dict[str, Any]]:
    return Table(table).to_arrow().to_pylist()


def steps(run: native.DebtPaths) -> dict[str, list[Any]]:
    return Table(run.steps(0)).to_arrow().to_pydict()


def test_an_obligor_of_unknown_income_pays_what_is_due() -> None:
    run = run_case(loan_book([bullet()]), as_of=AS_OF, months=6)
    assert steps(run)["interest_paid"] == [12.0] * 6
    (obligor,) = rows(run.obligors(0))
    assert obligor["income_known"] is False
    assert obligor["default_month"] is obligor["runway_months"] is None


def test_a_month_earns_a_twelfth_of_a_year() -> None:
    run = run_case(loan_book([bullet(net_operating_income=3600.0)]), as_of=AS_OF, months=6)
    assert steps(run)["receipts"] == pytest.approx([300.0] * 6)


def test_cash_is_used_up_then_arrears_grow_then_the_obligor_defaults() -> None:
    # 24 of cash pay January and February; nothing comes in.
    loan = bullet(net_operating_income=0.0, cash=24.0)
    run = run_case(loan_book([loan]), as_of=AS_OF, months=8, default_after_months=3)
    found = steps(run)
    assert found["interest_paid"] == [12.0, 12.0, 0, 0, 0, 0, 0, 0]
    assert found["debt_service_shortfall"] == [0, 0, 12.0, 12.0, 12.0, 0, 0, 0]
    assert found["cash"] == [12.0, 0, 0, 0, 0, 0, 0, 0]
    assert found["interest_due"] == [12.0] * 5 + [0.0] * 3
    assert found["debt_in_default"] == [0.0] * 4 + [1200.0] * 4
    (obligor,) = rows(run.obligors(0))
    assert (obligor["runway_months"], obligor["default_month"]) == (2, 5)
    assert obligor["risk_level"] == "critical"
    (loan_row,) = rows(run.loans(0))
    assert loan_row["claim"] == 1236.0  # with three months of interest in arrears


def test_arrears_are_paid_first_and_end_the_count_to_default() -> None:
    # Received 35 days late: nothing in January, little in February, then enough for all arrears.
    loan = bullet(net_operating_income=372.0)
    run = run_case(
        loan_book([loan]), as_of=AS_OF, months=6, collection_days=35, default_after_months=3
    )
    found = steps(run)
    late = [0.0, 24.0, 7.0 + 24 * 31 / 28, 4 * 31 / 28 + 26 * 31 / 31]
    assert found["receipts"][:4] == pytest.approx(late)
    assert found["interest_paid"] == pytest.approx([0.0, 24.0, 12.0, 12.0, 12.0, 12.0])
    assert found["debt_service_shortfall"] == pytest.approx([12.0, 0, 0, 0, 0, 0])
    assert rows(run.obligors(0))[0]["default_month"] is None


def test_suppliers_that_are_paid_sooner_take_cash_once() -> None:
    loan = bullet(revenue=730.0, operating_expenses=365.0, cash=100.0)
    run = run_case(loan_book([loan]), as_of=AS_OF, months=6, payment_days=-10)
    assert steps(run)["operating_payments"] == pytest.approx([10 + 365 / 12] + [365 / 12] * 5)


def test_costs_above_revenue_and_no_cash_are_an_operating_shortfall() -> None:
    loan = bullet(ebitda=-360.0, cash=43.0)
    run = run_case(loan_book([loan]), as_of=AS_OF, months=6)
    found = steps(run)
    assert found["operating_shortfall"][:2] == pytest.approx([0.0, 30.0 + 30.0 + 12.0 - 43.0])


def test_a_loss_grows_by_what_a_revenue_would_shrink() -> None:
    loan = bullet(ebitda=-360.0, cash=1e6)
    drivers = (0.8, *UNCHANGED[1:])
    run = run_case(loan_book([loan]), as_of=AS_OF, months=6, drivers=drivers)
    assert steps(run)["operating_payments"][0] == pytest.approx(1.2 * 30.0)


def test_a_surplus_is_distributed_or_kept() -> None:
    loan = bullet(net_operating_income=360.0, cash=5.0)
    distributed = run_case(loan_book([loan]), as_of=AS_OF, months=6)
    kept = run_case(loan_book([loan]), as_of=AS_OF, months=6, retains_surplus=True)
    assert steps(distributed)["cash"] == [5.0] * 6
    assert steps(kept)["cash"][:2] == pytest.approx([5.0 + 30 - 12, 5.0 + 2 * (30 - 12)])


def test_a_shortfall_falls_on_the_loans_of_an_obligor_alike() -> None:
    loans = [
        bullet(obligor_id="a", net_operating_income=9.0 * 12),
        bullet(obligor_id="a", total_outstanding=600.0),
    ]
    run = run_case(loan_book(loans), as_of=AS_OF, months=6)
    january = [row for row in rows(run.cash_flows(0)) if row["month"] == 1]
    assert [row["interest_due"] for row in january] == [12.0, 6.0]
    assert [row["interest_paid"] for row in january] == pytest.approx([6.0, 3.0])


MATURING = bullet(
    maturity_date=date(2026, 3, 15), collateral_value=1000.0, net_operating_income=144.0
)


def test_a_maturity_is_repaid_by_new_debt_and_cash() -> None:
    run = run_case(
        loan_book([MATURING | {"cash": 700.0}]), as_of=AS_OF, months=6, refinancing_max_ltv=0.6
    )
    (entry,) = rows(run.maturities(0))
    assert (entry["due"], entry["refinancing_gap"]) == (1200.0, 600.0)
    assert entry["binding_test"] == "ltv"
    found = steps(run)
    assert (found["maturity_refinanced"][2], found["maturity_paid_in_cash"][2]) == (600.0, 600.0)
    assert found["cash"][2] == pytest.approx(100.0)
    assert found["debt"][2] == 0.0


def test_new_debt_that_leaves_a_gap_closes_not_at_all() -> None:
    run = run_case(
        loan_book([MATURING | {"cash": 500.0}]), as_of=AS_OF, months=6, refinancing_max_ltv=0.6
    )
    found = steps(run)
    assert found["maturity_refinanced"][2] == found["maturity_paid_in_cash"][2] == 0.0
    assert found["refinancing_shortfall"][2] == 600.0
    assert rows(run.obligors(0))[0]["default_month"] == 3
    assert rows(run.loans(0))[0]["claim"] == 1200.0


def test_what_a_defaulted_obligor_would_have_owed_stays_on_the_wall() -> None:
    run = run_case(loan_book([bullet(net_operating_income=0.0)]), as_of=AS_OF, months=6)
    (quarter,) = run.wall(0)
    assert (quarter["quarter"], quarter["due"], quarter["in_default"]) == ("2030Q1", 1200, 1200)
    assert quarter["gap"] == quarter["untested"] == quarter["refinanced"] == 0.0


def test_an_anticipated_repayment_date_is_on_the_wall_and_no_maturity() -> None:
    table = pa.table(
        {
            "record": [0],
            "source_record_id": ["r0"],
            "currency": ["USD"],
            "total_outstanding": [1200.0],
            "interest_rate_pct": [12.0],
            "collateral_value": [1000.0],
            "maturity_date": pa.array([date(2050, 1, 31)]),
            "anticipated_repayment_date": pa.array([date(2026, 3, 31)]),
        }
    )
    book = native.DebtBook(native.import_table(table))
    run = run_case(book, as_of=AS_OF, months=6, refinancing_max_ltv=0.6)
    assert [(q["quarter"], q["due"], q["gap"]) for q in run.wall(0)] == [("2026Q1", 1200.0, 600.0)]
    assert steps(run)["debt"][-1] == 1200.0
    assert rows(run.obligors(0))[0]["default_month"] is None


def test_cross_default_takes_along_whoever_is_tied_over_several_groups() -> None:
    broke = {"net_operating_income": 0.0}
    rich = {"net_operating_income": 1e6}
    loans = [
        bullet(obligor_id="a", cross_default_group="x", **broke),
        bullet(obligor_id="b", cross_default_group="x", **rich),
        bullet(obligor_id="b", cross_default_group="y"),
        bullet(obligor_id="c", cross_default_group="y", **rich),
        bullet(obligor_id="d", **rich),
    ]
    run = run_case(loan_book(loans), as_of=AS_OF, months=6)
    months = {row["obligor_id"]: row["default_month"] for row in rows(run.obligors(0))}
    assert months == {"a": 3, "b": 3, "c": 3, "d": None}


def test_covenants_are_tested_on_what_is_earned_and_due() -> None:
    loan = bullet(net_operating_income=15.0 * 12, collateral_value=2400.0)
    drivers = (0.9, 1.0, 1.0, 0.0, 0.75, 1.0, 1.0)
    run = run_case(
        loan_book([loan]), as_of=AS_OF, months=12, drivers=drivers, limit_dscr=1.2, limit_ltv=0.65
    )
    found = {row["covenant"]: row for row in rows(run.covenants(0))}
    assert found["ltv"]["first_breach_month"] == 1
    assert found["ltv"]["last_ratio"] == pytest.approx(1200 / 1800)
    assert found["ltv"]["worst_headroom"] == pytest.approx(1 - (1200 / 1800) / 0.65)
    assert found["dscr"]["last_ratio"] == pytest.approx(0.9 * 15 / 12)
    assert found["dscr"]["limit"] == 1.2


def test_collateral_then_free_assets_pay_the_claims_of_a_default() -> None:
    loan = bullet(net_operating_income=0.0, collateral_value=1000.0)
    run = run_case(
        loan_book([loan]),
        as_of=AS_OF,
        months=6,
        drivers=(1.0, 1.0, 1.0, 0.0, 0.8, 1.0, 1.0),
        haircut=0.1,
        sale_cost=0.05,
    )
    (row,) = rows(run.loans(0))
    assert row["claim"] == 1236.0
    assert row["from_collateral"] == pytest.approx(684.0)
    assert row["unpaid"] == pytest.approx(552.0)
    found = run.waterfall(0, "liquidation", True)
    assert (found["group_count"], found["claims"]) == (1, 1236.0)
    assert found["sale_cost"] == pytest.approx(36.0)
    assert found["fulcrum_counts"] == {"senior": 1}


@pytest.mark.parametrize("threads", [2, 7])
def test_the_number_of_threads_changes_no_bit(threads: int) -> None:
    loans = [
        bullet(
            obligor_id=f"o{i % 700}",
            total_outstanding=1000.0 + i,
            net_operating_income=80.0 + i % 97,
            collateral_value=900.0 + i % 311,
            cash=float(i % 13),
        )
        for i in range(3000)
    ]
    drivers = (0.8, 1.1, 1.0, 0.0, 0.7, 1.0, 1.0)
    settings = {"limit_dscr": 1.2, "limit_ltv": 0.8, "refinancing_max_ltv": 0.6}
    one, many = (
        run_case(
            loan_book(loans), as_of=AS_OF, months=24, drivers=drivers, threads=count, **settings
        )
        for count in (1, threads)
    )
    for name in ("steps", "loans", "obligors", "covenants", "maturities", "tiers", "cash_flows"):
        first, second = (Table(getattr(run, name)(0)).to_arrow() for run in (one, many))
        assert first.equals(second), name
