"""Records of another kind: counted and listed, never refused."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawall.cli import show
from seawall.errors import DatasetRefused
from seawall.ingest import TapeProfile
from seawall.ingest.profile import parse_profile
from seawall.session import Dataset, Session
from seawall.session.dataset import DatasetSummary

LOAN: dict[str, Any] = {"id": "1", "amount": 5}
PROPERTY: dict[str, Any] = {"id": "1-001", "city": "Rome"}


@pytest.fixture
def profile() -> TapeProfile:
    return parse_profile(
        b"""
name = "loans"
source_system = "s"
only_with = ["amount"]
[[fields]]
name = "source_record_id"
kind = "text"
from = ["id"]
[[fields]]
name = "currency"
kind = "currency"
default = "EUR"
[[fields]]
name = "total_outstanding"
kind = "amount"
from = ["amount"]
""",
        where="loans.toml",
    )


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path / "ledger.db")


def ingest(
    session: Session, profile: TapeProfile, *records: dict[str, Any], strict: bool = False
) -> Dataset:
    tape = json.dumps(records).encode()
    return session.ingest(tape, profile=profile, format="json", strict=strict)


def summary(dataset: Dataset) -> DatasetSummary:
    assert dataset.summary is not None
    return dataset.summary


def test_a_record_of_another_kind_is_counted_beside_what_is_refused(
    session: Session, profile: TapeProfile
) -> None:
    bad = {"id": "2", "amount": "x"}
    found = summary(ingest(session, profile, LOAN, PROPERTY, bad, {"amount": 1}))
    assert (found.record_count, found.kept_count, found.set_aside_count) == (4, 2, 1)
    assert (found.refused_record_count, found.refused_cell_count) == (1, 1)
    assert found.refusal_count == 2
    assert found.refused_by_rule == {"not_a_number": 1, "required_missing": 1}


def test_a_record_of_another_kind_is_listed_with_its_reason(
    session: Session, profile: TapeProfile
) -> None:
    (row,) = ingest(session, profile, LOAN, PROPERTY).rejects.rows()
    assert (row["record"], row["refused"], row["rule"]) == (1, "set_aside", "other_kind")
    assert row["reason"] == "the record has no amount"


def test_strict_does_not_fail_on_a_record_of_another_kind(
    session: Session, profile: TapeProfile
) -> None:
    found = summary(ingest(session, profile, PROPERTY, LOAN, strict=True))
    assert (found.kept_count, found.set_aside_count) == (1, 1)


def test_strict_tells_the_first_refusal_and_not_what_is_set_aside(
    session: Session, profile: TapeProfile
) -> None:
    with pytest.raises(DatasetRefused, match="1 refused in all") as caught:
        ingest(session, profile, PROPERTY, {"id": "2", "amount": "x"}, strict=True)
    assert caught.value.where == "records[1].total_outstanding"


def test_a_tape_of_another_kind_alone_is_refused(session: Session, profile: TapeProfile) -> None:
    with pytest.raises(DatasetRefused, match="the record has no amount"):
        ingest(session, profile, PROPERTY)


def test_columns_with_records_set_aside_verify(session: Session, profile: TapeProfile) -> None:
    ingest(session, profile, LOAN, PROPERTY)
    assert session.verify().ok


def test_a_summary_that_was_stored_without_the_count_has_none_set_aside(
    session: Session, profile: TapeProfile
) -> None:
    stored = msgspec.to_builtins(summary(ingest(session, profile, LOAN)))
    assert "set_aside_count" not in stored  # the bytes of summaries that knew no such count
    again = msgspec.json.decode(msgspec.json.encode(stored), type=DatasetSummary)
    assert again.set_aside_count == 0


def test_the_terminal_shows_what_is_set_aside_on_its_own_line(
    session: Session, profile: TapeProfile, capsys: pytest.CaptureFixture[str]
) -> None:
    show.dataset_lines(ingest(session, profile, LOAN, PROPERTY))
    lines = capsys.readouterr().out.splitlines()
    (told,) = [line for line in lines if "set aside" in line]
    assert "1 records of another kind" in told
    assert not [line for line in lines if "refused" in line]


def test_the_terminal_lists_refusals_and_not_what_is_set_aside(
    session: Session, profile: TapeProfile, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {"id": "2", "amount": "x"}
    show.rejects_lines(ingest(session, profile, PROPERTY, LOAN, bad).rejects, count=1)
    shown = capsys.readouterr().out
    assert "not_a_number" in shown
    assert "other_kind" not in shown


def test_the_terminal_says_nothing_where_nothing_is_set_aside(
    session: Session, profile: TapeProfile, capsys: pytest.CaptureFixture[str]
) -> None:
    show.dataset_lines(ingest(session, profile, LOAN))
    assert "set aside" not in capsys.readouterr().out
