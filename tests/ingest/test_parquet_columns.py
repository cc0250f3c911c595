"""Parquet as columns of texts: each value reads back, dates are dates, no damage gets through."""

from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from seawall.errors import LimitExceeded, SeawallError, SourceUnreadable
from seawall.ingest import container, parquet_columns
from seawall.ingest.parquet_columns import read_parquet
from seawall.ingest.text_rows import TextRows
from seawall.lab.isolated import run_function


def written(columns: dict[str, Any], **options: Any) -> bytes:
    sink = BytesIO()
    parquet.write_table(pyarrow.table(columns), sink, **options)
    return sink.getvalue()


def batches(data: bytes | BinaryIO) -> list[TextRows]:
    stream = BytesIO(data) if isinstance(data, bytes) else data
    return list(read_parquet(stream, None, name="a.parquet"))


def read(data: bytes | BinaryIO) -> dict[str, list[str | None]]:
    columns: dict[str, list[str | None]] = {}
    for rows in batches(data):
        for name, texts in rows.columns.to_pydict().items():
            columns.setdefault(name, []).extend(texts)
    return columns


def cells(values: list[Any], type_: Any = None, **options: Any) -> list[str | None]:
    return read(written({"c": pyarrow.array(values, type_)}, **options))["c"]


def refusal(data: bytes) -> SeawallError:
    with pytest.raises(SeawallError) as caught:
        read(data)
    assert caught.value.where == "a.parquet"
    return caught.value


def midnight(day: int) -> datetime:
    return datetime(2024, 1, day)


US = pyarrow.timestamp("us")

# kind → values, type, texts
CELLS: dict[str, tuple[list[Any], Any, list[str | None]]] = {
    "text": (["007", " a ", "", None], pyarrow.string(), ["007", " a ", "", None]),
    "large text": (["é😀", None], pyarrow.large_string(), ["é😀", None]),
    "integer": ([2**63 - 1, -5, None], pyarrow.int64(), [str(2**63 - 1), "-5", None]),
    "unsigned": ([2**64 - 1], pyarrow.uint64(), [str(2**64 - 1)]),
    "decimal": (
        [Decimal("12345678901234567890.10"), Decimal(0), None],
        pyarrow.decimal128(24, 2),
        ["12345678901234567890.10", "0.00", None],
    ),
    "small decimal": (
        [Decimal("1E-10"), Decimal("-2.5")],
        pyarrow.decimal128(20, 10),
        ["0.0000000001", "-2.5000000000"],
    ),
    "float": ([0.1, 1e22, -0.0, None], pyarrow.float64(), ["0.1", "1e+22", "-0", None]),
    "short float": ([0.1], pyarrow.float32(), ["0.1"]),
    "boolean": ([True, False, None], pyarrow.bool_(), ["true", "false", None]),
    "date": ([date(2024, 2, 29), None], pyarrow.date32(), ["2024-02-29", None]),
    "time": ([time(9, 30)], pyarrow.time32("s"), ["09:30:00.000"]),
    "midnights": ([midnight(1), None, midnight(2)], US, ["2024-01-01", None, "2024-01-02"]),
    "timestamps": (
        [midnight(1), datetime(2024, 1, 2, 9, 30, 0, 5)],
        US,
        ["2024-01-01T00:00:00.000000", "2024-01-02T09:30:00.000005"],
    ),
    "with an offset": (
        [datetime(2024, 1, 2, 9, 30)],
        pyarrow.timestamp("s", "America/New_York"),
        ["2024-01-02T04:30:00.000-05:00"],
    ),
    "in UTC": (
        [datetime(2024, 1, 2, 9, 30)],
        pyarrow.timestamp("s", "UTC"),
        ["2024-01-02T09:30:00.000Z"],
    ),
    "midnights of a zone": (
        [datetime(2024, 1, 2, 5)],
        pyarrow.timestamp("s", "America/New_York"),
        ["2024-01-02"],
    ),
    "categories": (
        ["x", None, "y", "x"],
        pyarrow.dictionary(pyarrow.int8(), pyarrow.string()),
        ["x", None, "y", "x"],
    ),
    "nothing": ([None, None], pyarrow.null(), [None, None]),
}


@pytest.mark.parametrize("kind", CELLS)
def test_a_value_becomes_its_text(kind: str) -> None:
    values, type_, texts = CELLS[kind]
    assert cells(values, type_) == texts


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_a_double_reads_back_as_itself(values: list[float]) -> None:
    assert [float(str(text)).hex() for text in cells(values)] == [v.hex() for v in values]


@given(st.lists(st.decimals(-(10**9), 10**9, places=7), min_size=1))
def test_a_decimal_is_written_out_exactly(values: list[Decimal]) -> None:
    texts = cells(values, pyarrow.decimal128(20, 7))
    assert [Decimal(str(text)) for text in texts] == values
    assert not any("E" in str(text) for text in texts)


def test_a_struct_is_a_column_a_field() -> None:
    loans = [{"id": 1, "at": {"city": "Rome"}}, None, {"id": 2, "at": None}]
    assert read(written({"loan": loans})) == {
        "loan/at/city": ["Rome", None, None],
        "loan/id": ["1", None, "2"],
    }


def test_one_time_of_day_anywhere_keeps_a_column_of_timestamps_from_being_dates() -> None:
    days: list[Any] = [midnight(1)] * 200_000
    late = [*days, datetime(2024, 1, 2, 12)]
    found = read(written({"days": [*days, midnight(2)], "late": late}, row_group_size=1000))
    assert set(found["days"]) == {"2024-01-01", "2024-01-02"}
    assert set(found["late"]) == {"2024-01-01T00:00:00.000000", "2024-01-02T12:00:00.000000"}


def test_rows_are_numbered_over_all_batches() -> None:
    found = batches(written({"c": range(200_000)}, row_group_size=7000))
    assert len(found) > 1
    numbers = [rows.first_row + offset for rows in found for offset in range(rows.columns.num_rows)]
    assert numbers == list(range(1, 200_001))
    assert [int(text) for rows in found for text in rows.columns[0].to_pylist()] == list(
        range(200_000)
    )


def test_a_text_stored_once_is_written_out_in_small_batches() -> None:
    data = written({"c": ["x" * 100_000] * 600})
    assert len(data) < 200_000
    found = batches(data)
    assert sum(rows.columns.num_rows for rows in found) == 600
    assert max(rows.columns.nbytes for rows in found) < 20 << 20


def test_a_row_group_of_distinct_texts_is_not_held_whole() -> None:
    texts = {name: [f"{name} {row:040}" for row in range(200_000)] for name in "abcd"}
    data = written(texts)
    del texts
    held_before = pyarrow.total_allocated_bytes()
    held = [pyarrow.total_allocated_bytes() for _ in read_parquet(BytesIO(data), None, name="")]
    assert len(held) > 3
    assert max(held) - held_before < 40 << 20  # its dictionaries alone would take more


def test_categories_longer_than_a_batch_are_texts_like_others() -> None:
    values = [f"{row:01000}" for row in range(10_000)]
    assert cells(pyarrow.array(values * 2).dictionary_encode()) == values * 2


def test_a_table_without_rows_has_none() -> None:
    assert batches(written({"c": pyarrow.array([], pyarrow.int64())})) == []


def test_a_stream_that_cannot_seek_is_read_too() -> None:
    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: Any) -> int:
            raise OSError("not seekable")

    assert read(Pipe(written({"c": [1, 2]}))) == {"c": ["1", "2"]}


# --- what is refused

NO_CELLS = {
    "list<element: int64>": pyarrow.array([[1, 2]]),
    "map<string, int64": pyarrow.array(
        [[("a", 1)]], pyarrow.map_(pyarrow.string(), pyarrow.int64())
    ),
    "binary": pyarrow.array([b"\xff"]),
    "duration[s]": pyarrow.array([1], pyarrow.duration("s")),
}


@pytest.mark.parametrize("kind", NO_CELLS)
def test_what_is_no_cell_is_refused_by_column_and_type(kind: str) -> None:
    error = refusal(written({"ok": [1], "odd": NO_CELLS[kind]}))
    assert isinstance(error, SourceUnreadable)
    assert f'"odd" is {kind}' in error.message


def test_a_list_inside_a_struct_is_refused_by_its_path() -> None:
    assert '"loan/parts"' in refusal(written({"loan": [{"parts": [1]}]})).message


def test_two_columns_of_one_path_are_refused() -> None:
    error = refusal(written({"a/b": [1], "a": [{"b": 2}]}))
    assert isinstance(error, SourceUnreadable)
    assert '"a/b"' in error.message


@pytest.mark.parametrize("data", [b"", b"PAR1", b"loan_id,balance\n1,2\n", b"PAR1" * 100])
def test_bytes_that_are_no_parquet_are_refused(data: bytes) -> None:
    assert isinstance(refusal(data), SourceUnreadable)


def test_a_file_that_is_cut_off_is_refused() -> None:
    data = written({"c": range(1000)})
    for length in range(4, len(data), 97):
        assert isinstance(refusal(data[:length]), SourceUnreadable)


def test_a_page_that_is_not_as_its_checksum_says_is_refused() -> None:
    data = bytearray(
        written({"c": list(range(1000))}, compression="none", write_page_checksum=True)
    )
    data[100:140] = bytes(40)
    assert isinstance(refusal(bytes(data)), SourceUnreadable)


def test_texts_that_are_not_utf_8_are_refused() -> None:
    data = written({"c": ["abcdefgh"] * 3}, compression="none", use_dictionary=False)
    error = refusal(data.replace(b"abcdefgh", b"abc\xff\xfefgh"))
    assert isinstance(error, SourceUnreadable)


def repeated_text(rows: int, *, size_bytes: int = 20_000) -> bytes:
    """A text of which each row of the file only says that it is the last one again."""
    sink = BytesIO()
    schema = pyarrow.schema({"c": pyarrow.string()})
    options = {"use_dictionary": False, "column_encoding": {"c": "DELTA_BYTE_ARRAY"}}
    with parquet.ParquetWriter(sink, schema, **options) as writer:
        run = pyarrow.table({"c": pyarrow.repeat("x" * size_bytes, 1024)})
        for _ in range(rows // 1024):
            writer.write_table(run)
    return sink.getvalue()


def read_refused(path: str) -> str:
    with open(path, "rb") as stream:
        try:
            for _ in read_parquet(stream, None, name=path):
                pass
        except LimitExceeded as error:
            return error.message
    return "read"


def test_a_bomb_is_stopped_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.parquet"
    path.write_bytes(repeated_text(16 << 10))
    assert path.stat().st_size < 100_000
    run = run_function(read_refused, timeout_s=60, arguments={"path": str(path)})
    assert run.answer == "expands to more than 200 times its size"
    assert run.max_rss_kb < 300_000  # 16,384 rows of 20 kB are 320 MB


def test_rows_that_become_long_do_not_come_by_the_thousand() -> None:
    sink = BytesIO()
    long = repeated_text(2048)
    short = pyarrow.table({"c": [str(row) for row in range(30_000)]})
    with parquet.ParquetWriter(sink, short.schema) as writer:
        writer.write_table(pyarrow.concat_tables([short, parquet.read_table(BytesIO(long))]))
    assert max(rows.columns.nbytes for rows in batches(sink.getvalue())) < 20 << 20


def test_what_lies_beside_a_timestamp_counts_when_dates_are_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(container, "FREE_EXPANDED_BYTES", 10 << 20)
    rows = [{"text": "x" * 20_000, "at": midnight(1)}] * 1000
    found = read_parquet(BytesIO(written({"loan": rows})), None, name="a.parquet")
    with pytest.raises(LimitExceeded, match="200 times"):
        next(found)  # some rows would come before the cells' own pass is stopped


@pytest.mark.parametrize(
    ("cap", "most"), [("MAX_COLUMNS", 1), ("MAX_CELLS", 5), ("MAX_EXPANDED_BYTES", 10)]
)
def test_a_stated_maximum_is_not_passed(
    cap: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written({"a": [1, 2, 3], "b": [1, 2, 3]})
    assert len(read(data)) == 2
    monkeypatch.setattr(parquet_columns, cap, most)
    assert isinstance(refusal(data), LimitExceeded)
