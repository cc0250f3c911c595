"""Acceptance case ``real-sba-normalise``: 22,427 real loans against figures made with pandas."""

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.compute as pc
import pytest

from seawall.session import Dataset, Run, Session

SHARED = Path(__file__).parents[3] / "shared"
REFERENCE = SHARED / "reference" / "reference-credit.json"
CASE = "real-sba-normalise"


def load_case() -> dict[str, Any]:
    cases = json.loads(REFERENCE.read_text())["cases"]
    (case,) = [case for case in cases if case["id"] == CASE]
    case["tape"] = SHARED / case["inputs"]["file"]
    return case


@cache
def expected_names() -> tuple[str, ...]:
    """The figures of the case; ours when it is not at hand, so that each is skipped by name."""
    return tuple(load_case()["expected"]) if REFERENCE.is_file() else tuple(FIGURES)


@pytest.fixture(scope="module")
def case() -> dict[str, Any]:
    if not REFERENCE.is_file() or not load_case()["tape"].is_file():
        message = f"no reference data: {REFERENCE} and the tape it names are not there"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return load_case()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with Session(tmp_path_factory.mktemp("sba") / "ledger.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def dataset(case: dict[str, Any], session: Session) -> Dataset:
    return session.ingest(case["tape"], profile="sba")


@pytest.fixture(scope="module")
def run(session: Session, dataset: Dataset) -> Run:
    return session.stress(dataset, started_at="2025-01-01T00:00:00Z")


class Loans:
    """The normalised columns, the rejects and the counts of the ingest."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.records = dataset.records.to_arrow()
        self.rejects = dataset.rejects.to_arrow()

    def __getitem__(self, name: str) -> pyarrow.ChunkedArray:
        return self.records[name]

    def count(self, condition: Any) -> int:
        return pc.sum(pc.fill_null(condition, False)).as_py()

    def total(self, name: str, where: Any = None) -> float:
        column = (
            self[name]
            if where is None
            else self[name].filter(where, null_selection_behavior="drop")
        )
        return pc.sum(column).as_py()

    def is_status(self, status: str) -> Any:
        return pc.equal(self["status"], status)

    def uses(self, field: str, rule: str) -> int:
        assert self.dataset.summary is not None
        return self.dataset.summary.rule_uses[field].get(rule, 0)

    def refused(self, field: str) -> int:
        return pc.sum(pc.equal(self.rejects["field"], field)).as_py()

    def present(self, name: str) -> int:
        return len(self[name]) - self[name].null_count


@pytest.fixture(scope="module")
def loans(dataset: Dataset) -> Loans:
    return Loans(dataset)


def positive(column: Any) -> Any:
    return pc.greater(column, 0)


FIGURES: dict[str, Callable[[Loans], Any]] = {
    "rows": lambda t: len(t.records),
    "pif": lambda t: t.count(t.is_status("paid_in_full")),
    "chgoff": lambda t: t.count(t.is_status("charged_off")),
    "status_blank": lambda t: t["status"].null_count - t.refused("status"),
    "sum_disbursement": lambda t: t.total("total_outstanding"),
    "sum_chargeoff": lambda t: t.total("charged_off_principal"),
    "sum_gross_approval": lambda t: t.total("gross_approval"),
    "sum_sba_guarantee": lambda t: t.total("guaranteed_amount"),
    "approval_dates_unparsed": lambda t: t.refused("approval_date"),
    "chargeoff_dates_present": lambda t: (
        t.present("charge_off_date") + t.refused("charge_off_date")
    ),
    "chargeoff_dates_parsed": lambda t: t.present("charge_off_date"),
    "disbursement_dates_parsed": lambda t: t.present("disbursement_date"),
    "chargeoff_before_disbursement": lambda t: t.count(
        pc.less(t["charge_off_date"], t["disbursement_date"])
    ),
    # A reject for what is neither Y nor N, and an absent cell for what is blank.
    "revlinecr_not_Y_N": lambda t: t["revolving_line"].null_count,
    "zip_lost_leading_zero": lambda t: (
        t.uses("zip_code", "leading_zeros_restored") + t.uses("zip_code", "sentinel_to_null")
    ),
    "naics_missing_code_0": lambda t: t["naics"].null_count,
    "newexist_0": lambda t: t.uses("business_age", "sentinel_to_null"),
    "term_zero": lambda t: t["original_term_months"].null_count,
    "pif_with_chargeoff_amount": lambda t: t.count(
        pc.and_(t.is_status("paid_in_full"), positive(t["charged_off_principal"]))
    ),
    "chgoff_with_zero_amount": lambda t: t.count(
        pc.and_(t.is_status("charged_off"), pc.equal(t["charged_off_principal"], 0))
    ),
    "chargeoff_gt_disbursement": lambda t: t.count(
        pc.greater(t["charged_off_principal"], t["total_outstanding"])
    ),
    "min_approval": lambda t: pc.min(t["approval_date"]).as_py().isoformat(),
    "max_approval": lambda t: pc.max(t["approval_date"]).as_py().isoformat(),
    "max_chargeoff_date": lambda t: pc.max(t["charge_off_date"]).as_py().isoformat(),
    "default_rate_known_status": lambda t: (
        t.count(t.is_status("charged_off")) / (len(t.records) - t["status"].null_count)
    ),
    "lgd_on_disbursed_chgoff": lambda t: (
        t.total("charged_off_principal", t.is_status("charged_off"))
        / t.total("total_outstanding", t.is_status("charged_off"))
    ),
}


@pytest.mark.parametrize("name", expected_names())
def test_a_figure_of_the_real_tape_is_the_reference_s(
    name: str, case: dict[str, Any], loans: Loans
) -> None:
    expected, found = case["expected"][name], FIGURES[name](loans)
    if isinstance(expected, int) or isinstance(found, str):
        assert found == expected
    else:  # written as text in the reference to keep all digits
        assert found == pytest.approx(float(expected), rel=case["tolerance"]["rel"], abs=0)


def test_no_record_is_refused_or_repeated(dataset: Dataset, case: dict[str, Any]) -> None:
    assert dataset.summary is not None
    assert dataset.summary.kept_count == dataset.record_count == case["expected"]["rows"]
    assert dataset.summary.duplicate_key_count == 0


def test_only_two_fields_have_refused_cells(loans: Loans) -> None:
    # shared/data/README.md: of 4,132 RevLineCr neither Y nor N two are blank; one LowDoc is C.
    # Its LowDoc count is of "C" alone, so any further refusal is looked up in the tape itself.
    by_field = {
        entry["values"]: entry["counts"]
        for entry in loans.rejects["field"].value_counts().to_pylist()
    }
    assert by_field == {"revolving_line": 4130, "low_documentation": 1}


def test_every_refused_cell_shows_what_the_tape_has(loans: Loans) -> None:
    shown = loans.rejects.filter(pc.equal(loans.rejects["field"], "revolving_line"))
    counts = {e["values"]: e["counts"] for e in shown["value"].value_counts().to_pylist()}
    assert counts == {"0": 3122, "T": 1005, "`": 1, ",": 1, "1": 1}


def test_a_restored_zip_code_has_five_digits(loans: Loans) -> None:
    lengths = pc.unique(pc.utf8_length(loans["zip_code"].drop_null())).to_pylist()
    assert lengths == [5]
    assert loans.uses("zip_code", "leading_zeros_restored") == 2509
    assert loans.uses("zip_code", "sentinel_to_null") == 8


# --- the same loans, stressed


def test_the_book_owes_what_was_disbursed(run: Run, case: dict[str, Any]) -> None:
    figures = run.result.debt_exposure
    assert figures.total_outstanding == case["expected"]["sum_disbursement"]
    assert run.result.currency == "USD"


def test_debt_without_collateral_is_exposed_whole(run: Run) -> None:
    figures = run.result.debt_exposure
    assert figures.net_exposure_after_recovery == figures.total_outstanding
    assert figures.collateral_shortfall == figures.total_outstanding
    assert figures.collateral_value == 0


def test_every_loan_misses_its_rate(run: Run, case: dict[str, Any]) -> None:
    assert run.result.rate_missing_count == case["expected"]["rows"]
    assert run.result.debt_exposure.interest_payment == 0


@pytest.mark.parametrize(
    ("scenario", "increment", "rate_delta"),
    [("interest_rate_spike", 0.02, 2.5), ("market_crash", 0.05, 0.5), ("default_wave", 0.08, 1.0)],
)
def test_without_collateral_a_scenario_loses_its_default_increment(
    run: Run, case: dict[str, Any], scenario: str, increment: float, rate_delta: float
) -> None:
    (figures,) = [s for s in run.result.stress_tests if s.scenario_id == scenario]
    total = case["expected"]["sum_disbursement"]
    assert figures.loss_estimate == pytest.approx(total * increment, rel=1e-12, abs=0)
    assert figures.default_risk_buffer == pytest.approx(total * increment, rel=1e-12, abs=0)
    assert figures.interest_payment == pytest.approx(total * rate_delta / 100, rel=1e-12, abs=0)


@pytest.mark.parametrize("name", ["records", "positions", "obligors"])
def test_the_rows_of_a_result_table_add_up_to_the_book(
    run: Run, dataset: Dataset, name: str
) -> None:
    table = run.table(name).to_arrow()
    principal = "principal" if name == "positions" else "total_outstanding"
    assert len(table) == dataset.record_count
    assert pc.sum(table[principal]).as_py() == run.result.debt_exposure.total_outstanding
    for figures in run.result.stress_tests:
        losses = pc.sum(table[f"loss:{figures.scenario_id}"]).as_py()
        assert losses == pytest.approx(figures.loss_estimate, rel=1e-12, abs=0)


def test_the_largest_loan_is_traced_to_its_line_of_the_file(
    session: Session, run: Run, case: dict[str, Any]
) -> None:
    trace = session.trace(run.findings[0])
    assert trace.record is not None
    cells = json.loads(trace.record.source_bytes)["cells"]
    lines = case["tape"].read_text().splitlines()
    header, line = lines[0].split(","), lines[trace.record.source_row - 1]
    assert trace.record.proved
    assert f",{cells['DisbursementGross']}," in line
    assert line.startswith(cells["LoanNr_ChkDgt"])
    assert set(cells) == set(header)
    amounts = [row["amount"] for row in trace.evidence[0]["largest_contributors"]]
    assert amounts[0] == float(cells["DisbursementGross"]) == max(amounts)


def test_a_loan_originates_when_it_is_disbursed(loans: Loans) -> None:
    assert loans["origination_date"].equals(loans["disbursement_date"])
