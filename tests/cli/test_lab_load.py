"""``seawall lab load``: shipped and own profiles, verdicts as exit codes, what is kept."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.stand_in_server import StandInServer, closed_port, reply
from seawall.cli.exit_codes import EXIT_INTERRUPTED
from seawall.lab.load_profiles import shipped_names
from seawall.lab.load_samples import read_samples

from .typed import Command

PROFILE = """
schema = "seawall.load_profile/1"
name = "Ours: short"
max_requests = 12
[[stages]]
duration_s = 60
users = 2
[[requests]]
path = "/of/{{dataset_version_id}}"
[[objectives]]
figure = "error_rate"
below = 0.5
[[objectives]]
figure = "max_ms"
below = 1e-6
level = "warning"
"""


@pytest.fixture
def server() -> Iterator[StandInServer]:
    with StandInServer() as made:
        yield made


@pytest.fixture(autouse=True)
def short(seawall: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEAWALL_API_KEY", raising=False)
    Path("short.toml").write_text(PROFILE)


def test_without_a_profile_those_shipped_are_listed(seawall: Command) -> None:
    said = seawall("lab", "load").out
    assert all(name in said for name in shipped_names())
    assert "1,600 a second" in said
    assert [one["name"] for one in seawall("lab", "load", "--json").json()] == shipped_names()


def test_smoke_on_a_server_of_its_own_is_met(seawall: Command) -> None:
    said = seawall("lab", "load", "smoke", "--self-host", "--json")
    assert said.exit_code in (0, 1), said.err  # 1: a machine that is too slow for its latency
    load = json.loads(said.out)["load"]
    assert load["figures"][""]["errors"] == 0
    assert load["verdicts"][0]["met"]
    assert load["server"]["peak_rss_bytes"] > 10_000_000


def test_a_load_is_shown_and_kept_without_the_key(seawall: Command, server: StandInServer) -> None:
    on = ("--url", server.base_url, "--dataset", "dv_7", "--api-key", "geheim")
    done = seawall("lab", "load", "short.toml", *on)
    assert done.exit_code == 0, done.err
    assert "GET /of/{{dataset_version_id}}" in done.out
    assert "error_rate below 0.5: 0" in done.out
    assert "warning" in done.out
    assert len(server.requests) == 12
    assert all(request.startswith(b"GET /of/dv_7 ") for request in server.requests)
    assert all(b"X-API-Key: geheim" in request for request in server.requests)
    (record,) = Path("results/load").glob("*-ours-short.json")
    assert "geheim" not in record.read_text()
    assert len(read_samples(record.with_suffix(".npz"))) == 12
    for threshold, status in (("error_rate<0.1", 0), ("p50<0.000001", 1), ("p42<1", 2)):
        assert seawall("lab", "check", str(record), "--threshold", threshold).exit_code == status


STAGES = PROFILE.replace("max_requests = 12\n", "").replace(
    "[[stages]]\nduration_s = 60\nusers = 2\n",
    "[[stages]]\nduration_s = 0.2\nrate = 50\n[[stages]]\nduration_s = 0.1\nrate = 200\n",
)


def test_each_stage_has_its_own_figures(seawall: Command, server: StandInServer) -> None:
    Path("stages.toml").write_text(STAGES)
    on = ("--url", server.base_url, "--dataset", "dv_7")
    load = json.loads(seawall("lab", "load", "stages.toml", *on, "--json").out)["load"]
    assert [one["requests"] for one in load["stages"]] == [10, 20]
    assert load["figures"][""]["requests"] == 30
    assert "200 a second" in seawall("lab", "load", "stages.toml", *on).out


def test_an_objective_that_is_not_met_is_exit_1(seawall: Command) -> None:
    with StandInServer(reply(status=500)) as failing:
        done = seawall("lab", "load", "short.toml", "--url", failing.base_url, "--dataset", "dv_7")
    assert done.exit_code == 1
    assert "12 unexpected_status" in done.out
    assert "not met" in done.out


def test_a_server_that_is_not_there_is_not_met(seawall: Command) -> None:
    with closed_port() as port:
        url = f"http://127.0.0.1:{port}"
        done = seawall("lab", "load", "short.toml", "--url", url, "--dataset", "dv_7")
    assert done.exit_code == 1
    assert "12 connect_failed" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("smokes", "--self-host"), "there are 1000-users, smoke"),
        (("short.toml",), "give one of the two"),
        (("short.toml", "--self-host", "--url", "http://127.0.0.1:9"), "give one of the two"),
        (("short.toml", "--url", "http://127.0.0.1:9"), "asks for a dataset"),
        (("short.toml", "--url", "http://192.0.2.1:9", "--dataset", "dv_7"), "not this machine"),
        (("aimless.toml", "--self-host"), "no objectives"),
    ],
)
def test_what_cannot_be_told_is_exit_2(words: tuple[str, ...], said: str, seawall: Command) -> None:
    Path("aimless.toml").write_text(PROFILE.split("[[objectives]]")[0])
    done = seawall("lab", "load", *words)
    assert done.exit_code == 2
    assert said in done.err
    assert done.err.count("\n") == 1
    assert not Path("results").exists()


def test_a_load_that_is_told_to_end_ends_and_keeps_nothing(server: StandInServer) -> None:
    code = "from seawall.cli.app import main; main()"
    on = ("--url", server.base_url, "--dataset", "dv_7")
    with subprocess.Popen([sys.executable, "-c", code, "lab", "load", "soak", *on]) as process:
        while not server.requests:
            assert process.poll() is None
            time.sleep(0.01)
        process.terminate()
        assert process.wait(30) == EXIT_INTERRUPTED
    assert not Path("results").exists()


def test_a_shipped_profile_is_exported_with_its_dataset(seawall: Command) -> None:
    assert "dv_7" in seawall("lab", "export", "smoke", "--dataset", "dv_7").out
    seawall("lab", "export", "smoke").refused("invalid_input", "asks for a dataset")
