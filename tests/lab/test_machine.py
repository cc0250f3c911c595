import subprocess
from pathlib import Path

import msgspec

from seawall import native
from seawall.lab.machine import MachineRecord, _processor, machine_record, source_commit


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def test_the_record_names_the_machine_the_build_and_the_libraries() -> None:
    record = machine_record()
    assert record.build == native.build_info()
    assert "build_type" in record.build
    assert 1 <= record.usable_cores <= record.logical_cores
    assert 1 <= record.physical_cores <= record.logical_cores
    assert record.memory_bytes > 2**27
    assert record.cpu_model
    assert record.kernel.startswith("Linux ")
    assert record.dependencies["msgspec"] == msgspec.__version__


def test_the_record_survives_its_json() -> None:
    record = machine_record()
    assert msgspec.json.decode(msgspec.json.encode(record), type=MachineRecord) == record


def test_two_threads_of_a_core_are_one_core() -> None:
    threads = [(0, 0), (0, 1), (0, 0), (0, 1), (1, 0)]
    cpuinfo = "\n".join(
        f"processor\t: {number}\nmodel name\t: Some CPU @ 2 GHz\nphysical id\t: {socket}\n"
        f"siblings\t: 4\ncore id\t\t: {core}\n"
        for number, (socket, core) in enumerate(threads)
    )
    assert _processor(cpuinfo) == ("Some CPU @ 2 GHz", 3)


def test_a_processor_that_tells_nothing_is_no_failure() -> None:
    assert _processor("processor\t: 0\nBogoMIPS\t: 50.00\n") == ("", 0)


def test_a_changed_working_tree_is_marked_dirty(tmp_path: Path) -> None:
    assert source_commit(tmp_path) is None
    git(tmp_path, "init", "--quiet")
    assert source_commit(tmp_path) is None
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "--quiet", "--message", "one")
    git(tmp_path, "tag", "-a", "v1", "--message", "v1")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert source_commit(tmp_path) == commit
    (tmp_path / "file").write_text("two")
    assert source_commit(tmp_path) == f"{commit}-dirty"
