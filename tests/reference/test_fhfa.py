"""Acceptance case ``real-fhfa-ama-2010``: 41,220 mortgages against figures made with pandas."""

import pyarrow.compute as pc
import pytest

from .tapes import Read

ROWS = 41220


@pytest.fixture(scope="module")
def loans() -> Read:
    return Read("fhfa_ama_pudb_2010.csv.zip", profile="fhfa_ama")


def sentinels(loans: Read, field: str) -> int:
    return loans.summary.rule_uses[field]["sentinel_to_null"]


def test_every_row_is_kept_and_none_repeated(loans: Read) -> None:
    assert loans.summary.kept_count == loans.summary.record_count == ROWS
    assert loans.summary.duplicate_key_count == 0


def test_the_balance_is_the_sum_of_the_tape(loans: Read) -> None:
    assert loans.total("total_outstanding") == 6372318490


def test_the_mean_rate_is_that_of_the_fractions(loans: Read) -> None:
    mean = loans.weighted_mean("interest_rate_pct", weight="total_outstanding")
    assert mean / 100 == pytest.approx(0.04458757539306545238, rel=1e-12, abs=0)
    assert len(loans.counts("interest_rate_pct")) == 29


def test_the_mean_loan_to_value_is_that_of_the_fractions(loans: Read) -> None:
    mean = loans.weighted_mean("ltv_at_origination_pct", weight="total_outstanding")
    assert mean / 100 == pytest.approx(0.74012251899895229499, rel=1e-12, abs=0)
    assert loans.count(pc.greater(loans["ltv_at_origination_pct"], 100)) == 844


def test_a_rate_has_the_digits_of_the_tape(loans: Read) -> None:
    rates = sorted(loans.counts("interest_rate_pct"))
    assert rates == [round(rate, 2) for rate in rates]
    assert {3.5, 3.63, 4.38, 6.13} <= set(rates)


def test_what_means_missing_is_absent_in_its_own_column(loans: Read) -> None:
    assert sentinels(loans, "borrower_income") == 825
    assert sentinels(loans, "borrower_income_ratio") == 825
    assert sentinels(loans, "front_end_ratio") == sentinels(loans, "back_end_ratio") == 654
    assert sentinels(loans, "borrower_age") == 6589
    assert sentinels(loans, "prepayment_penalty_date") == ROWS
    assert sentinels(loans, "gnis_feature_id") == 5705
    assert sentinels(loans, "coborrower_credit_score_band") == 13625


def test_a_loan_without_a_coborrower_has_no_second_age(loans: Read) -> None:
    # 98 is "no co-borrower" and 99 "not provided": the same 13,625 rows have one borrower only
    alone = pc.equal(loans["borrower_count"], 1)
    assert loans.count(alone) == 13625
    assert sentinels(loans, "coborrower_age") == 13625 + 4698
    assert loans.records.filter(alone)["coborrower_age"].null_count == 13625


def test_a_minority_share_of_9_99_percent_is_a_percentage(loans: Read) -> None:
    assert loans["tract_minority_pct"].null_count == 0
    assert loans.count(pc.equal(loans["tract_minority_pct"], 9.99)) > 0


def test_a_ratio_that_no_income_explains_is_refused(loans: Read) -> None:
    # README of the data: 171 more rows carry ratios above 250, all with the placeholder income
    refused = [field for field, _, rule in loans.refusals() if rule == "out_of_range"]
    assert (refused.count("front_end_ratio"), refused.count("back_end_ratio")) == (171, 171)
    assert len(refused) == len(loans.refusals())


def test_eight_banks_hold_the_loans(loans: Read) -> None:
    assert len(loans.counts("bank")) == 8


def test_every_loan_lies_in_a_state_and_none_has_a_collateral_value(loans: Read) -> None:
    assert loans["collateral_region"].null_count == 0
    assert "collateral_value" not in loans.records.column_names


def test_a_house_is_single_family_unless_it_is_manufactured(loans: Read) -> None:
    manufactured = loans.counts("property_type")["manufactured_home"]
    found = loans.counts("collateral_type")
    assert found == {"single_family": ROWS - manufactured, "manufactured_housing": manufactured}


def test_a_mortgage_amortises_over_its_term_and_has_no_dates(loans: Read) -> None:
    # MortDate is a year: when a loan pays and matures is not on the tape
    assert loans["original_term_months"].null_count == 0
    assert loans["amortization_term_months"].equals(loans["original_term_months"])
    dates = {"origination_date", "first_payment_date", "maturity_date"}
    assert not dates & set(loans.records.column_names)
