"""The commands on a ledger in PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seawall.store import open_store

from .typed import Command

TAPE = """\
loan_id,obligor_id,currency,outstanding_principal,interest_rate_pct,collateral_value
L1,A,EUR,1000000,5,750000
L2,A,EUR,200000,5,300000
"""


def test_a_ledger_is_named_by_its_url(seawall: Command, new_database: Callable[..., str]) -> None:
    store = ("--store", new_database("template0"))
    Path("tape.csv").write_text(TAPE)
    made = seawall("ingest", "tape.csv", "--json", *store).json()["dataset_version_id"]
    run = seawall("stress", made, "--json", *store).json()
    assert run["dataset_version_id"] == made
    assert seawall("verify", *store).exit_code == 0
    assert seawall("keys", "create", "first", "--role", "read", *store).exit_code == 0
    assert seawall("audit", "verify", *store).exit_code == 0
    assert {path.name for path in Path().iterdir()} == {"tape.csv", "seawall.db.secrets"}


def test_a_head_is_signed_and_a_run_exported(
    seawall: Command, new_database: Callable[..., str]
) -> None:
    store = ("--store", new_database("template0"))
    Path("tape.csv").write_text(TAPE)
    dataset = seawall("ingest", "tape.csv", "--json", *store).json()["dataset_version_id"]
    run = seawall("stress", dataset, "--json", *store).json()["run_id"]
    trusted = ("--public-key", "key.pem.pub")
    assert seawall("log", "key", "key.pem").exit_code == 0
    signed = seawall("log", "sign", "--key", "key.pem", "--output", "head.json", "--json", *store)
    assert signed.json()["head"]["number"] == 1
    assert seawall("export", run, "--output", "run.json", *store).exit_code == 0
    assert seawall("verify", "--bundle", "run.json", *trusted).exit_code == 0
    assert seawall("verify", "--known-head", "head.json", *trusted, *store).exit_code == 0


def test_a_copy_to_a_server_and_back_has_the_same_trees(
    seawall: Command, new_database: Callable[..., str]
) -> None:
    url = new_database("template0")
    Path("tape.csv").write_text(TAPE)
    dataset = seawall("ingest", "tape.csv", "--json").json()["dataset_version_id"]
    seawall("stress", dataset)
    there = seawall("store", "copy", "seawall.db", url, "--json").json()["tables"]
    back = seawall("store", "copy", url, "back.db", "--json").json()["tables"]
    assert there == back
    assert (there["run"]["rows"], there["finding"]["rows"] > 0) == (1, True)
    assert seawall("verify", "--store", url).exit_code == 0
    assert seawall("verify", "--store", "back.db").exit_code == 0


URL = "postgresql://ada:hunter2@127.0.0.1:1/ledger"
MISTYPED = "postgresql:/ada:hunter2@127.0.0.1:1/ledger"
PLACES = {"URL": URL, "mistyped": MISTYPED, "of another database": URL.replace("gre", "")}
COMMANDS = [
    "ingest tape.csv --store {}",
    "stress dv_0 --store {}",
    "verify --store {}",
    "export run_0 --store {}",
    "trace fi_0 --store {}",
    "supervisory rates --store {}",
    "keys list --store {}",
    "audit verify --store {}",
    "log list --store {}",
    "log check --store {}",
    "store backup {} a.db",
    "store backup seawall.db {}",
    "store copy {} a.db",
    "store copy seawall.db {}",
    "store copy {} {}",
    "ingest {}",  # where a file belongs
    "log check {}",
    "export run_0 --output {}",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("words", COMMANDS)
def test_a_password_in_the_place_of_a_ledger_is_not_shown(
    seawall: Command, words: str, place: str
) -> None:
    Path("tape.csv").write_text(TAPE)
    open_store("seawall.db").close()
    asked = [word.format(PLACES[place]) for word in words.split()]
    for more in ([], ["--json"]):
        outcome = seawall(*asked, *more)
        assert outcome.exit_code != 0
        assert "hunter2" not in outcome.err + outcome.out
        assert "127.0.0.1" not in outcome.err + outcome.out
    for name in Path().iterdir():
        assert "hunter2" not in name.name
