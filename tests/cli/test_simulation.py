"""`simulate`, `whatif` and `explain` as a user types them."""

import csv
import json
from pathlib import Path

import pytest

from seawall.cli.exit_codes import EXIT_FAILED

from .typed import Command

TAPE = "loan_id,currency,outstanding,sector,pd_pct,lgd_pct\n" + "".join(
    f"L{number},EUR,{1000 + number},{'power' if number % 2 else 'retail'},5,40\n"
    for number in range(30)
)


@pytest.fixture(autouse=True)
def files(seawall: Command) -> None:
    Path("tape.csv").write_text(TAPE)


@pytest.fixture
def dataset(seawall: Command) -> str:
    return str(seawall("ingest", "tape.csv", "--json").json()["dataset_version_id"])


@pytest.fixture
def run(seawall: Command, dataset: str) -> str:
    asked = ("--scenarios", "20000", "--level", "0.99", "--factors", "sector", "--json")
    return str(seawall("simulate", dataset, *asked).json()["run_id"])


def test_simulate_prints_the_tail_and_whose_it_is(seawall: Command, dataset: str) -> None:
    found = seawall("simulate", dataset, "--scenarios", "20000", "--limit", "3", "--seed", "7")
    assert found.exit_code == 0, found.err
    for text in ("20,000 scenarios of seed 7", "99.9 %", "few scenarios are beyond 99.9 %"):
        assert text in found.out
    said = " ".join(found.out.split())
    assert "standard errors from exact; beyond 5.03 it is refused" in said
    assert said.count("were the loans many and small") == 3
    assert "3 of 30" in found.out


def test_simulate_writes_its_rows(seawall: Command, dataset: str) -> None:
    seawall("simulate", dataset, "--scenarios", "100", "--rows", "losses", "--output", "losses.csv")
    assert len(Path("losses.csv").read_text().splitlines()) == 101


def test_simulate_tells_twins_and_limits_to_machines(seawall: Command, dataset: str) -> None:
    asked = ("--scenarios", "20000", "--level", "0.99", "--json")
    found = seawall("simulate", dataset, *asked).json()
    assert [twin["figure"] for twin in found["twins"]] == [
        "expected_loss",
        "loss_standard_deviation",
    ]
    (limit,) = found["limits"]
    assert limit["value_at_risk"] < found["result"]["tails"][0]["value_at_risk"]
    assert seawall("simulate", dataset, *asked, "--factors", "sector").json()["limits"] == [None]


def test_simulate_writes_what_adds_to_value_at_risk(seawall: Command, dataset: str) -> None:
    asked = ("--scenarios", "20000", "--level", "0.99", "--rows", "value_at_risk", "--json")
    found = seawall("simulate", dataset, *asked, "--output", "shares.csv").json()["result"]
    with Path("shares.csv").open() as rows:
        added = sum(float(row["contribution"]) for row in csv.DictReader(rows))
    assert added == pytest.approx(found["tails"][0]["value_at_risk"])


def test_simulate_takes_a_model_of_losses_and_a_sampling(seawall: Command, dataset: str) -> None:
    asked = ("--scenarios", "1024", "--losses", "parametric", "--sampling", "sobol", "--json")
    found = seawall("simulate", dataset, *asked).json()["result"]
    assert found["sampling"]["kind"] == "sobol"
    refused = seawall("simulate", dataset, "--losses", "guessed", "--json")
    assert json.loads(refused.err)["where"] == "parameters.loss_given_default.model"
    assert "it is one of fixed, parametric, waterfall" in refused.err


def test_simulate_says_that_collateral_covers_all(seawall: Command) -> None:
    Path("secured.csv").write_text(
        "loan_id,currency,outstanding,collateral_value,pd_pct\nA,EUR,100,200,5\n"
    )
    secured = seawall("ingest", "secured.csv", "--json").json()["dataset_version_id"]
    said = " ".join(seawall("simulate", secured, "--scenarios", "100").out.split())
    assert "no default costs anything" in said


def test_simulate_says_who_shares_a_factor_for_want_of_a_group(seawall: Command) -> None:
    header, *rows = TAPE.splitlines(keepends=True)
    Path("some.csv").write_text(header + rows[0].replace("retail", "") + "".join(rows[1:]))
    some = seawall("ingest", "some.csv", "--json").json()["dataset_version_id"]
    asked = ("simulate", some, "--scenarios", "100", "--factors")
    assert "obligors that do not state what factors go by share one factor" in " ".join(
        seawall(*asked, "sector").out.split()
    )
    assert "no obligor states what factors go by: all share one" in " ".join(
        seawall(*asked, "collateral_region").out.split()
    )
    assert "share one factor" not in seawall(*asked, "none").out


def test_simulate_takes_a_macroeconomic_path(seawall: Command, dataset: str) -> None:
    path = {"variables": ["gdp"], "values": [-2.5], "covariance": [[1]]}
    Path("path.json").write_text(json.dumps({"macro": path}))
    asked = ("simulate", dataset, "--scenarios", "100", "--parameters", "path.json")
    given = ("--set", "macro.factor_covariance.all=[0.6]", "--json")
    (factor,) = seawall(*asked, *given).json()["result"]["conditional_factors"]
    assert factor == {"factor": "all", "mean": -1.5, "standard_deviation": 0.8}
    told = seawall(*asked, *given[:2]).out
    assert "all has mean -1.50 and deviation 0.80" in " ".join(told.split())
    refused = seawall(*asked, "--set", "macro.factor_covariance.retail=[0.6]", "--json")
    assert json.loads(refused.err)["where"] == "parameters.macro.factor_covariance.all"


def test_a_waterfall_by_quarters_is_simulated_and_changed(seawall: Command) -> None:
    rows = [f"L{number},EUR,1000,600,20" for number in range(20)]
    Path("secured.csv").write_text(
        "\n".join(["loan_id,currency,outstanding,collateral_value,pd_pct", *rows])
    )
    secured = seawall("ingest", "secured.csv", "--json").json()["dataset_version_id"]
    asked = ("simulate", secured, "--scenarios", "1024", "--losses", "waterfall", "--json")
    whole = seawall(*asked).json()["result"]
    quarters = seawall(*asked, "--set", "quarters.count=8").json()
    assert quarters["result"]["losses_sha256"] == whole["losses_sha256"]
    assert "settled together" in quarters["result"]["assumptions"][-1]
    less = seawall("whatif", quarters["run_id"], "--change", "L3:collateral_value=100", "--json")
    assert less.json()["expected_loss_change"] > 0
    assert less.json()["tails"][0]["standard_error"] > 0
    refused = seawall("reverse", quarters["run_id"], "--loss", "1000", "--json")
    assert json.loads(refused.err)["where"] == "parameters.loss_given_default.model"


def test_simulate_keeps_a_checkpoint(seawall: Command, dataset: str) -> None:
    asked = ("simulate", dataset, "--scenarios", "100", "--checkpoint", "losses.bin", "--json")
    first, again = (seawall(*asked).json()["result"] for _ in range(2))
    assert first == again
    refused = seawall("simulate", dataset, "--seed", "2", *asked[2:])
    refused_as = json.loads(refused.err)
    assert (refused_as["detail"], refused_as["where"]) == ("checkpoint_differs", "losses.bin")


def test_simulate_says_what_to_assume(seawall: Command) -> None:
    Path("bare.csv").write_text("loan_id,currency,outstanding\nA,EUR,100\n")
    bare = seawall("ingest", "bare.csv", "--json").json()["dataset_version_id"]
    refused = seawall("simulate", bare)
    assert refused.exit_code == EXIT_FAILED
    assert "parameters.default_probability.assumed_pct" in refused.err
    assumed = seawall("simulate", bare, "--assumed-pd", "2", "--assumed-lgd", "50", "--json")
    assert assumed.json()["result"]["exact_expected_loss"] == 1.0


def test_whatif_compares_before_and_after(seawall: Command, run: str) -> None:
    found = seawall("whatif", run, "--remove", "L29", "--json").json()
    assert found["expected_loss_change"] < 0
    assert [tail["before"]["confidence_level"] for tail in found["tails"]] == [0.99]
    shown = seawall("whatif", run, "--change", "L3:exposure=9e3,probability_of_default_pct=30")
    assert "1 obligor changes" in shown.out


def test_whatif_reads_changes_from_a_file(seawall: Command, run: str) -> None:
    Path("changes.json").write_text(
        '[{"kind": "add", "obligor_id": "L3", "exposure": 500, "loss_given_default_pct": 100}]'
    )
    assert seawall("whatif", run, "--changes", "changes.json", "--json").json()[
        "expected_loss_change"
    ] == pytest.approx(0.05 * 500, rel=0.1)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("--change", "L3"), "--change L3"),
        (("--change", "L3:colour=4"), "--change L3:colour=4"),
        (("--changes", "nowhere.json"), "nowhere.json"),
        (("--remove", "nobody"), "changes[0].source_record_id"),
    ],
)
def test_whatif_refuses_what_it_cannot_read(
    seawall: Command, run: str, words: tuple[str, ...], place: str
) -> None:
    refused = seawall("whatif", run, *words, "--json")
    assert refused.exit_code == EXIT_FAILED
    assert json.loads(refused.err)["where"] == place


def test_explain_tells_the_worst_scenario(seawall: Command, run: str) -> None:
    worst = seawall("explain", run, "--limit", "30", "--json").json()
    assert worst["position_count"] == len(worst["positions"])
    assert worst["loss"] == pytest.approx(sum(row["loss"] for row in worst["positions"]))
    named = seawall("explain", run, "--scenario", str(worst["scenario"]))
    assert "obligors in default" in named.out


def test_explain_tells_the_quarter_of_each_default(
    seawall: Command, dataset: str, run: str
) -> None:
    asked = ("--scenarios", "20000", "--level", "0.99", "--set", "quarters.count=4", "--json")
    quarterly = seawall("simulate", dataset, *asked).json()["run_id"]
    worst = seawall("explain", quarterly, "--limit", "30", "--json").json()
    quarters = {row["default_quarter"] for row in worst["positions"]}
    assert quarters
    assert quarters <= {1, 2, 3, 4}
    assert "default quarter" in seawall("explain", quarterly).out
    assert "default quarter" not in seawall("explain", run).out


def test_a_question_about_a_simulation_needs_one(seawall: Command, dataset: str) -> None:
    other = seawall("stress", dataset, "--json").json()["run_id"]
    refused = seawall("explain", other)
    assert refused.exit_code == EXIT_FAILED
    assert "is no simulation" in refused.err


def test_compare_names_what_differs(seawall: Command, dataset: str, run: str) -> None:
    asked = ("--scenarios", "20000", "--level", "0.99", "--factors", "sector")
    worse = seawall("simulate", dataset, *asked, "--set", "factors.correlation=0.9", "--json")
    shown = seawall("compare", run, worse.json()["run_id"])
    assert "factors.correlation: 0.5 → 0.9" in shown.out
    assert "the same draws" in shown.out
    found = seawall("compare", run, run, "--json").json()
    assert (found["position_count"], found["parameters"]) == (0, [])


def test_trace_tells_the_share_at_the_level_of_the_finding(seawall: Command, dataset: str) -> None:
    asked = ("--scenarios", "20000", "--level", "0.9", "--level", "0.99", "--json")
    findings = seawall("simulate", dataset, *asked).json()["findings"]
    shares = []
    for index, finding in enumerate(findings):
        told = seawall("trace", finding["id"], "--json").json()
        tail = told["evidence"][0]["figures"]["tails"][index]
        shares.append(f"{tail['largest_contributors'][0]['amount']:,.2f} EUR of the figure")
        assert shares[-1] in seawall("trace", finding["id"]).out
    assert len(set(shares)) == 2


def test_reverse_names_the_state_and_the_loans(seawall: Command, run: str) -> None:
    found = seawall("reverse", run, "--loss", "4000", "--json").json()
    assert found["states"][0]["expected_loss"] == pytest.approx(4000)
    shown = seawall("reverse", run, "--loss", "4000")
    for text in ("state 1", "standard deviations from the middle", "fewest", "likeliest"):
        assert text in shown.out
    assert json.loads(seawall("reverse", run, "--loss", "1e12", "--json").err)["where"] == "loss"


def test_sensitivities_are_one_a_bump(seawall: Command, run: str) -> None:
    found = seawall(
        "sensitivities", run, "--bump", "default_probability=0.1", "--bump", "EUR=-0.1", "--json"
    ).json()
    assert [entry["change"]["expected_loss_change"] > 0 for entry in found] == [True, False]
    assert (
        "asset_correlation=0.2"
        in seawall("sensitivities", run, "--bump", "asset_correlation=0.2").out
    )
    refused = seawall("sensitivities", run, "--bump", "colour=1", "--json")
    assert json.loads(refused.err)["where"] == "--bump colour=1"
