"""CSV as pyarrow reads it and as records keep it: no row is lost, moved or made up."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from seawall import native
from seawall.engines.debt import DEBT_STRESS
from seawall.errors import InvalidProfile, LimitExceeded, SourceUnreadable
from seawall.ingest import (
    IngestedTape,
    TapeProfile,
    csv_table,
    explain,
    ingest_source,
    load_profile,
    open_source,
    read_again,
)

GENERIC = load_profile("generic", packages=[DEBT_STRESS.profiles])
HEADER = b"loan_id,currency,balance,rating\n"


def read(data: bytes, **changes: Any) -> IngestedTape:
    profile = msgspec.structs.replace(GENERIC, **changes)
    return ingest_source(open_source(data, format="csv"), profile)


def blocks_of(data: bytes) -> list[bytes]:
    blocks: list[bytes] = []
    ingest_source(open_source(data, format="csv"), GENERIC, on_blocks=blocks.extend)
    return blocks


def kept(tape: IngestedTape) -> list[tuple[int, str, float]]:
    return [
        (row["source_row"], row["source_record_id"], row["total_outstanding"])
        for row in tape.records.rows()
    ]


def refused(tape: IngestedTape) -> list[tuple[int, str]]:
    return [(row["source_row"], row["rule"]) for row in tape.rejects.rows()]


def only_text(tape: IngestedTape, field: str) -> str:
    (cell,) = tape.records[field].to_pylist()
    return str(cell)


def test_rows_are_numbered_with_the_header_as_the_first() -> None:
    assert kept(read(HEADER + b"a,EUR,5,\nb,EUR,6,\n")) == [(2, "a", 5.0), (3, "b", 6.0)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_lines_may_end_in_any_way(end: bytes) -> None:
    data = HEADER.replace(b"\n", end or b"\n") + b"a,EUR,5,BB" + end
    assert kept(read(data)) == [(2, "a", 5.0)]


def test_one_file_may_end_its_lines_in_several_ways() -> None:
    tape = read(HEADER + b"a,EUR,5,\r\nb,EUR,6,\rc,EUR,7,\n\r\nd,EUR,8,")
    assert kept(tape) == [(2, "a", 5.0), (3, "b", 6.0), (4, "c", 7.0), (6, "d", 8.0)]


@pytest.mark.parametrize("block_bytes", [40, 41, 42, 43, 64, 100, 1000])
def test_how_much_is_read_at_a_time_does_not_change_a_single_bit(
    block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        b"ragged\r\n" if i % 5 == 2 else b"\r\n" if i % 11 == 0 else b"l%d,EUR,%d,\r\n" % (i, i)
        for i in range(200)
    ]
    data = HEADER.replace(b"\n", b",\r\n") + b"".join(lines).replace(b",\r\n", b",,\r\n")
    expected, blocks = read(data), blocks_of(data)
    assert len(kept(expected)) > 100
    monkeypatch.setattr(csv_table, "_LARGEST_ROW_BYTES", block_bytes)
    tape = read(data)
    assert kept(tape) == kept(expected)
    assert refused(tape) == refused(expected)
    assert tape.merkle_root == expected.merkle_root
    assert blocks_of(data) == blocks


def test_rows_are_told_apart_when_all_of_them_are_ragged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "_LARGEST_ROW_BYTES", 64)
    tape = read(HEADER + b"a,EUR\n" * 50)
    assert [row for row, _ in refused(tape)] == list(range(2, 52))


def test_a_byte_order_mark_is_not_part_of_the_header() -> None:
    assert kept(read(b"\xef\xbb\xbf" + HEADER + b"a,EUR,5,\n")) == [(2, "a", 5.0)]


def test_quoted_cells_keep_marks_quotes_and_line_breaks() -> None:
    tape = read(HEADER + b'"a,\n""x""",EUR,"1,234.5",\nb,EUR,6,\n', multiline=True)
    assert kept(tape) == [(2, 'a,\n"x"', 1234.5), (3, "b", 6.0)]


@pytest.mark.parametrize(
    "rows",
    [
        b'1,EUR,5,a\n2,EUR,6,"abc\n3,EUR,7000000,b\n4,EUR,8,c\n',
        b'1,EUR,5,a\n2,EUR,"6,a\n3,EUR,7000000,b\n4,EUR,8,c\n',
    ],
    ids=["in the last cell", "in an amount"],
)
def test_an_open_quote_that_swallows_rows_refuses_the_file(rows: bytes) -> None:
    with pytest.raises(SourceUnreadable, match="quote") as caught:
        read(HEADER + rows)
    assert caught.value.where == "row 3"


def test_another_delimiter_than_the_profile_s_is_suspected() -> None:
    with pytest.raises(SourceUnreadable, match="delimiter"):
        read(b"loan_id;currency;balance\n1;EUR;5\n")


def test_empty_columns_that_trailing_commas_leave_are_dropped() -> None:
    tape = read(b"loan_id,currency,balance,,\na,EUR,5,,\n")
    assert kept(tape) == [(2, "a", 5.0)]


def test_what_stands_in_a_column_without_a_name_is_kept() -> None:
    data = b"loan_id,currency,balance,,\na,EUR,5,,\nb,EUR,6,x,\n"
    (block,) = blocks_of(data)
    assert b'{"cells":{"":"x","balance":"6","currency":"EUR","loan_id":"b"}' in block
    assert b'{"cells":{"balance":"5","currency":"EUR","loan_id":"a"}' in block


@pytest.mark.parametrize("block_bytes", [40, 1000])
def test_two_filled_columns_without_a_name_are_refused(
    block_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_table, "_LARGEST_ROW_BYTES", block_bytes)
    with pytest.raises(SourceUnreadable) as caught:
        read(b"loan_id,currency,balance,,\na,EUR,5,,y\nb,EUR,6,,\nc,EUR,7,x,\n")
    assert caught.value.where == "header[4]"


def test_a_header_of_empty_cells_is_refused() -> None:
    with pytest.raises(SourceUnreadable, match="names no column"):
        read(b"\n" + HEADER + b"a,EUR,5,\n")


def test_a_row_that_does_not_end_is_refused() -> None:
    with pytest.raises(SourceUnreadable, match="longer than 1 MiB"):
        read(HEADER + b'a,EUR,5,"' + b"x,\n" * (1 << 20))


def test_more_columns_than_a_tape_may_have_are_refused() -> None:
    with pytest.raises(LimitExceeded):
        read(b",".join(b"c%d" % i for i in range(csv_table.MAX_COLUMNS + 1)) + b"\n")


def test_columns_that_the_profile_does_not_name_are_listed() -> None:
    tape = read(b"loan_id,currency,balance,Collateral Amount,Rate\na,EUR,5,9,5\n")
    assert tape.unread_fields == ["collateral_amount", "rate"]


def test_a_row_with_another_number_of_cells_is_refused_and_the_others_keep_their_numbers() -> None:
    tape = read(HEADER + b"a,EUR,5,\nb,EUR\nc,EUR,7,\nd,EUR,8,,9\n")
    assert kept(tape) == [(2, "a", 5.0), (4, "c", 7.0)]
    assert refused(tape) == [(3, "record_unreadable"), (5, "record_unreadable")]
    assert tape.record_count == 4


@pytest.mark.parametrize("blank", [b"\n", b"\r\n"])
def test_a_blank_line_is_no_record_and_still_counts(blank: bytes) -> None:
    tape = read(HEADER + b"a,EUR,5,\n" + blank + b"b,EUR,6,\n" + blank)
    assert kept(tape) == [(2, "a", 5.0), (4, "b", 6.0)]
    assert refused(tape) == []
    assert tape.record_count == 2


def test_two_columns_of_one_name_are_refused_at_the_second() -> None:
    with pytest.raises(SourceUnreadable) as caught:
        read(b"loan_id,currency,balance,Loan ID\na,EUR,5,b\n")
    assert caught.value.where == "header[3]"


@pytest.mark.parametrize("data", [b"", HEADER + b"\xff,EUR,5,\n"], ids=["empty", "not utf-8"])
def test_bytes_that_are_no_csv_are_refused(data: bytes) -> None:
    with pytest.raises(SourceUnreadable):
        read(data)


@pytest.mark.parametrize(
    "data",
    [HEADER + b"\xff,EUR,5,\n", HEADER + b"\xff,EUR\n", HEADER + b"a,EUR,5,\xc3"],
    ids=["in a cell", "in a ragged row", "cut off at the end"],
)
def test_another_encoding_is_refused_at_its_first_byte(data: bytes) -> None:
    place = 40 if data.endswith(b"\xc3") else 32
    with pytest.raises(SourceUnreadable, match=f"byte {place} is no utf-8 text"):
        read(data)


def test_utf_16_is_read_where_the_profile_says_so() -> None:
    data = (HEADER + b"a,EUR,5,\n").decode().encode("utf-16")
    assert kept(read(data, encoding="utf-16")) == [(2, "a", 5.0)]


def test_a_header_alone_has_no_records() -> None:
    assert read(HEADER).record_count == 0


def test_another_encoding_is_read_where_the_profile_says_so() -> None:
    assert only_text(read(HEADER + b"a,EUR,5,\xe9\n", encoding="latin-1"), "rating") == "é"


@pytest.mark.parametrize(
    "changes", [{"encoding": "klingon"}, {"delimiter": "→"}, {"delimiter": "\n"}], ids=str
)
def test_a_dialect_that_nobody_speaks_is_an_invalid_profile(changes: dict[str, str]) -> None:
    with pytest.raises(InvalidProfile):
        read(HEADER + b"a,EUR,5,\n", **changes)


def test_another_dialect_is_read_where_the_profile_says_so() -> None:
    data = b"loan_id;currency;balance\n'a;b';EUR;1.234,5\n"
    tape = read(data, delimiter=";", quote="'", decimal_mark=",", thousands_mark=".")
    assert kept(tape) == [(2, "a;b", 1234.5)]


def test_text_stays_text_whatever_it_looks_like() -> None:
    for text in ("007", "NULL", "true", "1e5", "2020-01-01"):
        tape = read(HEADER + b"a,EUR,5," + text.encode() + b"\n")
        assert only_text(tape, "rating") == text


# --- the record of a row


def test_a_row_says_by_itself_which_file_and_row_it_came_from() -> None:
    data = HEADER + b"a,EUR,5,BB\n"
    (block,) = blocks_of(data)
    record = json.loads(block[4 + 4 + 8 :])
    assert record == {
        "cells": {"balance": "5", "currency": "EUR", "loan_id": "a", "rating": "BB"},
        "file_sha256": sha256(data).hexdigest(),
        "row": 2,
    }


def test_stored_blocks_are_read_again_as_the_file_was() -> None:
    lines = b"".join(b"l%d,EUR,%d,%s\n" % (i, i, b"x" if i % 3 else b"") for i in range(600))
    data = HEADER + lines + b"ragged\n"
    first, blocks = read(data), blocks_of(data)
    again = read_again(blocks, GENERIC, table_rows=True, source={})
    assert len(blocks) == 3
    assert again.merkle_root == first.merkle_root
    assert again.columns_digest() == first.columns_digest()
    assert again.rule_uses == first.rule_uses


# --- explanation

CELLS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "total_outstanding": lambda c: c["value"] == "1234.5" and "thousands_mark" in c["rules"],
    "currency": lambda c: c["value"] == "EUR" and c["rules"] == ["trimmed", "case_folded"],
    "interest_rate_pct": lambda c: c["state"] == "refused" and "above 100" in c["reason"],
    "source_system": lambda c: c["raw"] == "" and c["rules"] == ["default_applied"],
}


@pytest.mark.parametrize("field", CELLS)
def test_an_explanation_tells_how_a_cell_was_read(field: str) -> None:
    cells = {
        "loan_id": "a",
        "ccy": " eur",
        "balance": "1,234.5",
        "coupon": "250",
    }
    record = json.dumps({"cells": cells, "row": 2}).encode()
    profile: TapeProfile = GENERIC
    explained = {
        cell["field"]: cell for cell in explain(record, profile.canonical(), table_rows=True)
    }
    assert CELLS[field](explained[field]), explained[field]


def test_an_explanation_does_not_depend_on_the_records_before_it() -> None:
    whole = {"loan_id": "a", "ccy": " eur", "balance": "1,234.5", "coupon": "250"}
    records = [
        json.dumps({"cells": whole, "row": 2}).encode(),
        b'{"cells":{"loan_id":"b","ccy":"USD","balance":"7',
        b"[]",
        json.dumps({"cells": {"loan_id": "c"}, "row": 3}).encode(),
    ]
    kept = native.RecordExplainer(GENERIC.canonical(), table_row=True)
    for record in [*records, *records[::-1]]:
        alone = native.RecordExplainer(GENERIC.canonical(), table_row=True).explain(record)
        assert kept.explain(record) == alone
