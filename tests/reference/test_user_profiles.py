"""Real tapes that seawall does not know, read by profiles that a user would write."""

from datetime import date

import pyarrow.compute as pc
import pytest

from seawall.session import Session

from .tapes import PROFILES, Read, tape


def read(name: str, profile: str) -> Read:
    return Read(name, profile=str(PROFILES / f"{profile}.toml"))


# --- acceptance case real-sba-case-sas-dates: figures made with pandas


@pytest.fixture(scope="module")
def loans() -> Read:
    return read("sba_case_california.csv", "sba_case")


def test_the_case_s_loans_are_all_read(loans: Read) -> None:
    assert len(loans) == loans.summary.record_count == 2101
    assert loans.summary.refusal_count == 0
    assert loans.counts("status") == {"paid_in_full": 1415, "charged_off": 686}


def test_days_since_1960_are_dates(loans: Read) -> None:
    approvals = loans["approval_date"]
    assert pc.min(approvals).as_py() == date(1988, 11, 23)
    assert pc.max(approvals).as_py() == date(2011, 10, 11)
    assert approvals[0].as_py() == date(2001, 4, 9)
    assert loans.summary.rule_uses["approval_date"] == {"day_number": 2101}


def test_the_case_s_money_adds_up(loans: Read) -> None:
    assert loans.total("total_outstanding") == 510198620
    assert loans.total("charged_off_principal") == 42101130


def test_the_case_s_default_rate_is_that_of_its_own_column(loans: Read) -> None:
    rate = loans.counts("status")["charged_off"] / len(loans)
    assert rate == pytest.approx(0.3265111851499286, rel=1e-12, abs=0)
    assert loans["defaulted"].equals(pc.equal(loans["status"], "charged_off"))


# --- acceptance case real-tarp: counts and sums by type


@pytest.fixture(scope="module")
def transactions() -> Read:
    return read("tarp_transactions.json", "tarp")


def test_transactions_without_an_identifier_are_all_kept(transactions: Read) -> None:
    assert len(transactions) == transactions.summary.record_count == 9772
    assert transactions.summary.refusal_count == 0
    assert len(transactions.counts("source_record_id")) == 9772


def test_transactions_add_up_by_their_type(transactions: Read) -> None:
    types = transactions["transaction_type"].to_pylist()
    sums = transactions.totals("amount", types)
    counts = transactions.counts("transaction_type")
    assert {key: (counts[key], int(total)) for key, total in sums.items()} == {
        None: (1, 155409286),  # "" in the tape
        "Distribution": (15, 61853822),
        "Dividend": (6210, 72588557840),
        "Interest": (1324, 1791970835),
        "Loan": (74, 67781226750),
        "Proceeds": (39, 16449245612),
        "Purchase": (805, 539200322604),
        "Refund": (714, 356896881069),
        "Revenue": (2, 389921848),
        "Subsidy": (180, 75502481046),
        "Warrant": (408, 9301379575),
    }


def test_names_lose_their_outer_blanks(transactions: Read) -> None:
    # README of the data: 24 names (330 rows) with outer blanks
    assert transactions.summary.rule_uses["obligor_id"]["trimmed"] == 330


# --- the FDIC's list: two ways to write a date in one row


@pytest.fixture(scope="module")
def banks() -> Read:
    return read("fdic_failed_banks.csv", "fdic_failed_banks")


def test_two_formats_of_one_row_are_two_dates(banks: Read) -> None:
    assert len(banks) == 555
    assert banks.summary.refusal_count == 0
    first = banks.records.slice(0, 1).to_pylist()[0]
    assert first["closing_date"] == date(2017, 12, 15)
    assert first["updated_date"] == date(2018, 2, 21)
    assert banks["closing_date"].null_count == banks["updated_date"].null_count == 0


def test_a_failed_bank_was_closed_before_its_row_was_updated(banks: Read) -> None:
    assert banks.count(pc.less_equal(banks["closing_date"], banks["updated_date"])) == 555


def test_a_user_s_profile_ingests_and_verifies(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Session(tmp_path_factory.mktemp("fdic") / "ledger.db") as session:
        dataset = session.ingest(
            tape("fdic_failed_banks.csv"),
            profile=str(PROFILES / "fdic_failed_banks.toml"),
            strict=True,
        )
        assert dataset.record_count == 555
        assert session.verify().ok
