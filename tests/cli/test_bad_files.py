"""Files that are not what they should be: one line that says so, and nothing left behind."""

import gzip
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow
import pytest
from pyarrow import parquet

from seawall.cli.app import main
from seawall.cli.exit_codes import EXIT_FAILED
from seawall.session import Session

PEAK_MB = 500
HEADER = "loan_id,obligor_id,currency,outstanding_principal,interest_rate_pct,collateral_value\n"
ROWS = [f"L{i},A{i % 7},EUR,{1000 + i},5,{900 + i}" for i in range(200)]
TAPE = (HEADER + "".join(f"{row}\n" for row in ROWS)).encode()
ASSETS = "".join(
    f"<assets><assetNumber>{i}</assetNumber><originalLoanAmount>1000</originalLoanAmount>"
    "</assets>\n"
    for i in range(20)
)
XML = f'<?xml version="1.0" encoding="UTF-8"?>\n<assetData>\n{ASSETS}</assetData>\n'.encode()
WIDE = range(10_000)

# The command with a second output: how much memory it took at most.
COMMAND = """
import atexit, pathlib, sys
from seawall.cli.app import main
peak = pathlib.Path(sys.argv.pop(1))
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: peak.write_text(status.read_text() if status.exists() else ""))
main()
"""


class Bad(NamedTuple):
    """A file, and what is to be said of it."""

    name: str
    make: Callable[[], bytes]
    says: str
    place: str
    code: str = "source_unreadable"


def zipped(**members: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return data.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped(a_csv=TAPE))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag, in the directory
    return bytes(data)


def zip_bomb() -> bytes:
    """100 MB of one row, a thousand times smaller when packed."""
    return zipped(a_csv=HEADER.encode() + b"L,A,EUR,1,5,9\n" * 7_000_000)


def entity_bomb() -> bytes:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    entities = f'<!DOCTYPE t [<!ENTITY a0 "lol">{levels}]>'
    return f"<?xml version='1.0'?>\n{entities}<t><assets>&a9;</assets></t>".encode()


def external_entity() -> bytes:
    entity = '<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    return f"<?xml version='1.0'?>\n{entity}<t><assets><a>&x;</a></assets></t>".encode()


def table(columns: dict[str, list[object]]) -> bytes:
    data = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), data)
    return data.getvalue()


def loans() -> bytes:
    return table({"loan_id": ["A", "B"], "currency": ["EUR"] * 2, "balance": [1.5, 2.5]})


def wide_csv() -> bytes:
    return ("\n".join(",".join(f"{mark}{i}" for i in WIDE) for mark in "c1") + "\n").encode()


def wide_xml() -> bytes:
    cells = "".join(f"<c{i}>1</c{i}>" for i in WIDE)
    return f"<t>\n<assets>{cells}</assets></t>".encode()


DANGEROUS = {
    "a NUL in a CSV": Bad("a.csv", lambda: TAPE.replace(b"L3", b"L\0"), "NUL", "a.csv"),
    "an entity bomb": Bad("a.xml", entity_bomb, "a DOCTYPE is not accepted", "a.xml: line 2"),
    "an external entity": Bad(
        "a.xml", external_entity, "a DOCTYPE is not accepted", "a.xml: line 2"
    ),
    "a zip bomb": Bad("a.zip", zip_bomb, "more than 200 times", "a.zip", "limit_exceeded"),
    "a CSV of 10,000 columns": Bad(
        "a.csv", wide_csv, "10,000 columns; 4,096", "a.csv", "limit_exceeded"
    ),
    "XML of 10,000 columns": Bad("a.xml", wide_xml, "4096", "a.xml: line 2", "limit_exceeded"),
    "Parquet of 10,000 columns": Bad(
        "a.parquet",
        lambda: table({f"c{i}": [1] for i in WIDE}),
        "10000 columns are more than 4096",
        "a.parquet",
        "limit_exceeded",
    ),
    "Parquet that is cut off": Bad(
        "a.parquet", lambda: loans()[:-300], "no readable Parquet", "a.parquet"
    ),
    "bytes that are no text": Bad(
        "a.csv", lambda: bytes(range(255, -1, -1)) * 400, "no utf-8 text", "a.csv: byte 0"
    ),
    "a quote that is not closed": Bad(
        "a.csv", lambda: TAPE + b'L200,"A,EUR,1,5,9\n' + TAPE, "is a quote not closed?", "row 202"
    ),
}

PLAIN = {
    "XML that is cut off": Bad(
        "a.xml", lambda: XML[:900], "is the file cut off?", "a.xml: line 12"
    ),
    "XML in another encoding than it declares": Bad(
        "a.xml", lambda: XML.replace(b"<assetNumber>3", b"<assetNumber>\xfc"), "no XML", "line 6"
    ),
    "XML that declares an encoding of two bytes": Bad(
        "a.xml", lambda: XML.replace(b"UTF-8", b"UTF-16"), "encoding", "a.xml: line 1"
    ),
    "Latin-1 in a CSV of UTF-8": Bad(
        "a.csv", lambda: TAPE + "L200,Müller,EUR,1,5,9\n".encode("latin-1"), "no utf-8 text",
        f"a.csv: byte {len(TAPE) + 6}",
    ),
    "a CSV of UTF-16": Bad("a.csv", lambda: TAPE.decode().encode("utf-16"), "encoding", "byte 0"),
    "another delimiter": Bad("a.csv", lambda: TAPE.replace(b",", b";"), "delimiter", "a.csv"),
    "a CSV of NUL bytes": Bad("a.csv", lambda: bytes(5000), "error", "a.csv"),
    "XML with a NUL byte": Bad(
        "a.xml", lambda: XML.replace(b"<assetNumber>3", b"<assetNumber>\0"), "no XML", "line 6"
    ),
    "gzip that is cut off": Bad(
        "a.csv.gz", lambda: gzip.compress(TAPE)[:-200], "ended before", "a.csv.gz"
    ),
    "a zip of two files": Bad(
        "a.zip", lambda: zipped(a_csv=TAPE, b_csv=TAPE), "2: a.csv, b.csv", "a.zip"
    ),
    "an encrypted zip": Bad("a.zip", encrypted, "a.csv is encrypted", "a.zip"),
    "an empty zip": Bad("a.zip", zipped, "this one holds none", "a.zip"),
    "an empty file in a zip": Bad("a.zip", lambda: zipped(a_csv=b""), "Empty CSV", "a.csv"),
    "an empty file in gzip": Bad("a.csv.gz", lambda: gzip.compress(b""), "Empty CSV", "a.csv"),
    "a CSV of no rows": Bad(
        "a.csv", HEADER.encode, "there is no record", "records", "records_required"
    ),
    "an empty CSV": Bad("a.csv", bytes, "the file is empty", "a.csv"),
    "an empty Parquet": Bad("a.parquet", bytes, "the file is empty", "a.parquet"),
    "Parquet with a list": Bad(
        "a.parquet", lambda: table({"id": ["A"], "balance": [[1.5]]}), '"balance" is list',
        "a.parquet",
    ),
    "a CSV named Parquet": Bad("a.parquet", lambda: TAPE, "no readable Parquet", "a.parquet"),
    "Parquet named CSV": Bad("a.csv", loans, "no utf-8 text", "a.csv: byte "),
}  # fmt: skip


def words(name: str) -> list[str]:
    return ["ingest", name, "--profile", "sec_ex102" if name.endswith(".xml") else "generic"]


def assert_one_line(err: str, bad: Bad) -> None:
    assert err.count("\n") == 1, err
    assert err.startswith("error  "), err
    assert err.endswith(f"[{bad.code}]\n"), err
    assert bad.place in err
    assert bad.says in err


def assert_nothing_left(folder: Path, bad: Bad, content: bytes) -> None:
    assert {path.name for path in folder.iterdir()} == {bad.name}
    assert (folder / bad.name).read_bytes() == content


@pytest.mark.parametrize("bad", DANGEROUS.values(), ids=DANGEROUS)
def test_a_dangerous_file_is_one_line_in_little_memory(bad: Bad, tmp_path: Path) -> None:
    content = bad.make()
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / bad.name).write_bytes(content)
    peak = tmp_path / "peak"
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, str(peak), *words(bad.name)],
        cwd=folder,
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == EXIT_FAILED, done.stderr
    assert done.stdout == ""
    assert_one_line(done.stderr, bad)
    assert_nothing_left(folder, bad, content)
    for line in peak.read_text().splitlines():
        if line.startswith("VmHWM:"):
            assert int(line.split()[1]) < PEAK_MB << 10


def failed(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["seawall", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == EXIT_FAILED


@pytest.mark.parametrize("bad", PLAIN.values(), ids=PLAIN)
def test_a_bad_file_is_one_line_and_leaves_nothing(
    bad: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = bad.make()
    (tmp_path / bad.name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    failed(monkeypatch, *words(bad.name))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert_one_line(printed.err, bad)
    assert_nothing_left(tmp_path, bad, content)


def test_a_folder_is_no_tape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").mkdir()
    failed(monkeypatch, *words("a.csv"))
    assert_one_line(
        capsys.readouterr().err, Bad("a.csv", bytes, "no such file", "a.csv", "not_found")
    )
    assert [path.name for path in tmp_path.rglob("*")] == ["a.csv"]


def test_a_bad_file_leaves_a_ledger_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Session("seawall.db") as session:
        kept = session.ingest(TAPE, format="csv").dataset_version_id
    # Ten blocks of good records come before the byte that no text has.
    Path("late.csv").write_bytes(TAPE + b"".join(b"%d,A,EUR,1,5,9\n" % i for i in range(800_000)))
    with Path("late.csv").open("ab") as file:
        file.write(b"\xff")
    failed(monkeypatch, *words("late.csv"))
    assert "no utf-8 text" in capsys.readouterr().err
    with Session("seawall.db") as session:
        assert [dataset.dataset_version_id for dataset in session.datasets()] == [kept]
        assert session.verify().ok


@pytest.mark.parametrize("ends", [["\n", "\r\n", "\r"], ["\r"]], ids=["mixed", "returns alone"])
def test_lines_are_told_apart_whatever_ends_them(session: Session, ends: list[str]) -> None:
    lines = [HEADER.strip(), *ROWS]
    text = "".join(line + ends[i % len(ends)] for i, line in enumerate(lines))
    dataset = session.ingest(text.encode(), format="csv")
    read = [
        (r["source_row"], r["source_record_id"], r["obligor_id"], r["total_outstanding"])
        for r in dataset.records.rows()
    ]
    assert read == [(i + 2, f"L{i}", f"A{i % 7}", 1000.0 + i) for i in range(200)]
    assert len(dataset.rejects) == 0


def test_a_return_inside_a_row_refuses_both_its_halves(session: Session) -> None:
    rows = ["L0,A,EUR,1,5,9\n", "L1,A\rB,EUR,2,5,9\n", "L2,A,EUR,3,5,9\n"]
    dataset = session.ingest((HEADER + "".join(rows)).encode(), format="csv")
    kept = [(r["source_row"], r["source_record_id"]) for r in dataset.records.rows()]
    refused = [(r["source_row"], r["rule"]) for r in dataset.rejects.rows()]
    assert kept == [(2, "L0"), (5, "L2")]
    assert refused == [(3, "record_unreadable"), (4, "record_unreadable")]


def test_a_return_inside_a_quoted_cell_is_kept_where_the_profile_allows_it(
    session: Session, tmp_path: Path
) -> None:
    profile = tmp_path / "lines.toml"
    profile.write_text(
        'name = "lines"\nsource_system = "s"\nmultiline = true\n'
        '[[fields]]\nname = "source_record_id"\nkind = "text"\nfrom = ["loan_id"]\n'
        '[[fields]]\nname = "obligor_id"\nkind = "text"\nfrom = ["obligor_id"]\n'
        '[[fields]]\nname = "currency"\nkind = "currency"\nfrom = ["currency"]\n'
    )
    text = HEADER + 'L0,A,EUR,1,5,9\nL1,"A\rB",EUR,2,5,9\nL2,A,EUR,3,5,9\n'
    dataset = session.ingest(text.encode(), format="csv", profile=str(profile))
    assert [r["obligor_id"] for r in dataset.records.rows()] == ["A", "A\rB", "A"]
