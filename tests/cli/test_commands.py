"""The commands as a user types them: what is printed, and how they exit."""

import json
from pathlib import Path
from typing import Any

import apsw
import pytest

from seawall.cli.exit_codes import EXIT_CHANGED, EXIT_FAILED

from .typed import Command

TAPE = """\
loan_id,obligor_id,currency,outstanding_principal,interest_rate_pct,collateral_value
L1,A,EUR,"1,000,000.00",5,750000
L2,A,EUR,200000,5,300000
L3,B,EUR,"12,3O4.00",5,
"""


@pytest.fixture(autouse=True)
def files(seawall: Command) -> None:
    Path("tape.csv").write_text(TAPE)


def stressed(seawall: Command) -> Any:
    dataset = seawall("ingest", "tape.csv", "--json").json()["dataset_version_id"]
    return seawall("stress", dataset, "--json").json()


def test_ingest_says_loudly_what_was_refused(seawall: Command) -> None:
    outcome = seawall("ingest", "tape.csv")
    assert outcome.exit_code == 0
    assert "2 of 3 records" in outcome.out
    assert "1 records and 0 cells: 1 not_a_number" in outcome.out


def test_a_strict_refusal_is_one_line_with_its_place_and_writes_nothing(seawall: Command) -> None:
    outcome = seawall("ingest", "tape.csv", "--strict")
    assert outcome.exit_code == EXIT_FAILED
    assert outcome.err.count("\n") == 1
    assert 'records[2].total_outstanding: "12,3O4.00" is not a number' in outcome.err
    assert not Path("seawall.db").exists()


def test_a_dry_run_writes_nothing_and_rejects_go_to_a_file(seawall: Command) -> None:
    outcome = seawall("ingest", "tape.csv", "--dry-run", "--rejects", "out.csv")
    assert outcome.exit_code == 0
    assert not Path("seawall.db").exists()
    assert "not_a_number" in Path("out.csv").read_text()


def test_an_error_for_machines_is_one_json_document(seawall: Command) -> None:
    outcome = seawall("ingest", "absent.csv", "--json")
    assert outcome.exit_code == EXIT_FAILED
    assert json.loads(outcome.err) == {
        "detail": "not_found",
        "message": "there is no such file",
        "where": "absent.csv",
    }


def test_a_question_without_a_ledger_leaves_none_behind(seawall: Command) -> None:
    assert seawall("datasets").exit_code == EXIT_FAILED
    assert not Path("seawall.db").exists()


def test_stress_prints_a_row_a_scenario_and_its_finding(seawall: Command) -> None:
    dataset = seawall("ingest", "tape.csv", "--json").json()["dataset_version_id"]
    outcome = seawall("stress", dataset)
    for scenario in ("interest_rate_spike", "market_crash", "default_wave"):
        (row,) = [line for line in outcome.out.splitlines() if scenario in line]
        assert "fi_" in row


def test_parameters_come_from_a_file_and_from_set(seawall: Command) -> None:
    dataset = seawall("ingest", "tape.csv", "--json").json()["dataset_version_id"]
    Path("p.toml").write_text("stress_loss_materiality_threshold_pct = 1.0\n")
    changes = ("stress_scenarios[0].id=market_crash", "stress_scenarios[0].name=Deep")
    words = [word for change in changes for word in ("--set", change)]
    run = seawall("stress", dataset, "--parameters", "p.toml", *words, "--json").json()
    assert [test["description"] for test in run["result"]["stress_tests"]][1] == "Deep"
    assert not any(finding["is_material"] for finding in run["findings"][1:])


def test_an_unknown_parameter_is_refused_with_its_place(seawall: Command) -> None:
    dataset = seawall("ingest", "tape.csv", "--json").json()["dataset_version_id"]
    outcome = seawall("stress", dataset, "--set", "stress_scenarios[0].colateral=1")
    assert outcome.exit_code == EXIT_FAILED
    assert "parameters.stress_scenarios[0]" in outcome.err
    assert "colateral" in outcome.err


def test_rows_of_a_run_go_to_a_csv_file(seawall: Command) -> None:
    dataset = seawall("ingest", "tape.csv", "--json").json()["dataset_version_id"]
    seawall("stress", dataset, "--rows", "obligors", "--output", "obligors.csv")
    header, *rows = Path("obligors.csv").read_text().splitlines()
    assert "loss:market_crash" in header
    assert len(rows) == 1


def test_trace_leads_to_the_source_row(seawall: Command) -> None:
    finding = stressed(seawall)["findings"][0]["id"]
    outcome = seawall("trace", finding)
    assert "tape.csv row 2" in outcome.out
    assert "Merkle-proved" in outcome.out
    assert "1,000,000.00" in outcome.out
    assert seawall("trace", finding, "--record", "2", "--json").json()["record"]["source_row"] == 4


def test_a_trace_of_a_refused_record_says_that_it_is_not_in_the_book(seawall: Command) -> None:
    finding = stressed(seawall)["findings"][0]["id"]
    assert "not in the book: not_a_number" in seawall("trace", finding, "--record", "2").out


def test_verify_exits_with_its_own_code_when_something_was_changed(seawall: Command) -> None:
    stressed(seawall)
    assert seawall("verify").exit_code == 0
    raw = apsw.Connection("seawall.db")
    raw.execute("DROP TRIGGER finding_no_update")
    raw.execute("UPDATE finding SET payload = CAST('{}' AS BLOB) WHERE rowid = 1")
    raw.close()
    outcome = seawall("verify")
    assert outcome.exit_code == EXIT_CHANGED
    assert "finding" in outcome.out


def test_a_printed_profile_is_a_start_for_ones_own(seawall: Command) -> None:
    Path("mine.toml").write_text(seawall("profiles", "generic").out)
    assert seawall("ingest", "tape.csv", "--profile", "mine.toml", "--json").json()["profile"] == (
        "generic"
    )


def test_a_failure_shows_its_traceback_only_under_debug(seawall: Command) -> None:
    assert "Traceback" not in seawall("ingest", "absent.csv").err
    with pytest.raises(Exception, match="no such file"):
        seawall("--debug", "ingest", "absent.csv")


def test_the_demo_goes_from_bytes_to_figures(seawall: Command) -> None:
    outcome = seawall("demo", "--instruments", "500", "--obligors", "20")
    assert outcome.exit_code == 0
    assert "seawall trace fi_" in outcome.out
    assert seawall("verify", "--store", "results/demo/seawall.db").exit_code == 0


def test_settings_come_from_the_environment_and_a_file(
    seawall: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("seawall.toml").write_text('store = "from_file.db"\n')
    seawall("ingest", "tape.csv")
    monkeypatch.setenv("SEAWALL_STORE", "from_environment.db")
    seawall("ingest", "tape.csv")
    seawall("ingest", "tape.csv", "--store", "from_flag.db")
    names = {"from_file.db", "from_environment.db", "from_flag.db"}
    assert {path.name for path in Path.cwd().glob("*.db")} == names


def test_the_demo_leaves_a_folder_alone_that_it_did_not_make(seawall: Command) -> None:
    Path("mine").mkdir()
    Path("mine/seawall.db").write_text("a ledger")
    outcome = seawall("demo", "--folder", "mine", "--instruments", "10", "--obligors", "2")
    assert outcome.exit_code == EXIT_FAILED
    assert Path("mine/seawall.db").read_text() == "a ledger"


def test_what_a_tape_holds_does_not_steer_the_terminal(seawall: Command) -> None:
    Path("odd.csv").write_text(TAPE + "L4,A,[red]X,5,5,\nL5,A,\x1b[31mEUR,5,5,\n")
    outcome = seawall("ingest", "odd.csv", "--dry-run")
    assert '"[red]X" is no ISO 4217 currency code' in outcome.out
    assert "\x1b[31m" not in outcome.out


def test_what_was_not_read_is_listed(seawall: Command) -> None:
    Path("more.csv").write_text("loan_id,currency,balance,Collateral Amount\nL1,EUR,5,9\n")
    assert "collateral_amount" in seawall("ingest", "more.csv").out


def test_runs_lists_findings_after_the_terminal_was_closed(seawall: Command) -> None:
    finding = stressed(seawall)["findings"][0]["id"]
    assert finding in seawall("runs").out


def test_an_output_that_cannot_be_written_is_refused_before_the_work(seawall: Command) -> None:
    assert seawall("ingest", "tape.csv", "--rejects", "nowhere/x.csv").exit_code == EXIT_FAILED
    assert not Path("seawall.db").exists()


@pytest.mark.parametrize("option", [("--strict",), ("--rejects", "r.csv"), ("--dry-run",)])
def test_options_that_contradict_each_other_are_wrong_usage(
    seawall: Command, option: tuple[str, ...]
) -> None:
    assert seawall("ingest", "tape.csv", "--no-normalise", *option).exit_code == 2
