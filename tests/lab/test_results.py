import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from seawall.errors import InvalidInput, SeawallError
from seawall.lab.machine import MachineRecord
from seawall.lab.results import Result, encode_result, read_result, write_result

MACHINE = MachineRecord(
    cpu_model="Some CPU",
    physical_cores=1,
    logical_cores=2,
    usable_cores=2,
    memory_bytes=2**30,
    kernel="Linux 6.1",
    python="CPython 3.11.2",
    build={"build_type": "Release", "compiler": "GNU 12.2.0"},
    dependencies={"numpy": "2.1.0"},
)
RESULT = Result(
    benchmark="ingestion",
    kind="informational",
    workload={"records": 1000, "format": "json"},
    seed=7,
    unit="ns",
    samples=(1.5, 2.0, 1.25),
    machine=MACHINE,
    commit=None,
    created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ingestion.json"
    write_result(RESULT, path=path)
    assert read_result(path) == RESULT
    assert [file.name for file in path.parent.iterdir()] == ["ingestion.json"]


def test_the_file_is_sorted_indented_and_names_its_schema() -> None:
    encoded = encode_result(RESULT)
    tree = json.loads(encoded)
    assert tree["schema"] == "seawall.lab.result/1"
    assert encoded.decode() == json.dumps(tree, indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize("build", [{"build_type": "Debug"}, {"build_type": ""}, {}])
def test_only_a_release_build_is_recorded(build: dict[str, str], tmp_path: Path) -> None:
    result = msgspec.structs.replace(RESULT, machine=msgspec.structs.replace(MACHINE, build=build))
    with pytest.raises(SeawallError) as caught:
        write_result(result, path=tmp_path / "result.json")
    assert caught.value.code == "not_a_release_build"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"samples": ()},
        {"samples": (1.0, float("nan"))},
        {"workload": {"rate": float("inf")}},
        {"kind": "maybe"},
        {"benchmark": ""},
        {"created_at": datetime(2026, 1, 2)},
    ],
)
def test_a_value_that_the_schema_does_not_allow_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        encode_result(msgspec.structs.replace(RESULT, **change))


def test_a_file_of_another_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(encode_result(RESULT).replace(b"result/1", b"result/2"))
    with pytest.raises(InvalidInput) as caught:
        read_result(path)
    assert caught.value.where == "result.json"
