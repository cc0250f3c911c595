"""The layout of a tape from its first bytes: what separates its cells, what is one record."""

import pytest

from seawall.errors import LimitExceeded, SourceUnreadable
from seawall.ingest.profile import TapeProfile
from seawall.ingest.tape_layout import peeked_profile


def peeked(head: bytes, format: str) -> TapeProfile:
    profile = TapeProfile(name="mine", fields=[])
    return peeked_profile(profile, head, format=format, where=f"tape.{format}")


def record_element(head: bytes) -> str:
    return peeked(head, "xml").record_element


# --- delimiters


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_by_which_most_rows_agree_is_taken(mark: str) -> None:
    rows = [["id", "balance", "remark"], ["1", "1,5", "a; b|c"], ["2", "2", "d"], ["3", "3", ""]]
    cells = [[f'"{cell}"' for cell in row] for row in rows]
    assert peeked("\n".join(map(mark.join, cells)).encode(), "csv").delimiter == mark


def test_a_cell_longer_than_python_s_csv_reads_leaves_the_rows_before_it() -> None:
    head = b"id;remark\n1;short\n2;" + b"x" * 200_000 + b"\n3;short\n"
    assert peeked(head, "csv").delimiter == ";"


def test_a_long_text_is_no_trouble_for_the_delimiter_that_divides_it() -> None:
    row = b";".join([b"x"] * 100_000)
    assert peeked(row + b"\n" + row + b"\n", "csv").delimiter == ";"


# --- record elements


def test_the_outermost_repeated_element_is_the_record() -> None:
    loan = b"<loan><id/><part><id/></part><part><id/></part></loan>"
    assert record_element(b"<tape><head/><loans>" + loan * 3 + b"</loans></tape>") == "loan"


def test_a_repeated_element_that_few_lie_in_is_no_record() -> None:
    notes = b"<note><by/></note>" * 2
    loan = b"<loan><id/><balance/><rate/></loan>"
    assert record_element(b"<tape>" + notes + loan * 5) == "loan"


def test_an_element_is_named_without_its_namespace() -> None:
    assert record_element(b'<x:t xmlns:x="u">' + b"<x:loan><x:id/><x:rate/></x:loan>" * 2) == "loan"


def test_a_document_cut_off_within_a_record_still_tells() -> None:
    loan = b"<loan><id>1</id><rate>2</rate></loan>"
    assert record_element(b"<tape>" + loan * 3 + b"<loan><i") == "loan"


def test_a_document_without_a_repeated_element_is_refused() -> None:
    with pytest.raises(SourceUnreadable, match="no element repeats") as caught:
        record_element(b"<tape><loan><id/></loan></tape>")
    assert caught.value.where == "tape.xml"


def test_elements_lie_as_deep_as_a_record_s_may() -> None:
    def deep(levels: int) -> bytes:
        return b"<r>" + (b"<a>" * (levels - 1) + b"</a>" * (levels - 1)) * 2 + b"</r>"

    assert record_element(deep(64)) == "a"
    with pytest.raises(LimitExceeded, match="64 deep") as caught:
        record_element(deep(65))
    assert caught.value.where == "tape.xml"


def test_a_deep_document_is_refused_where_it_is_too_deep() -> None:
    with pytest.raises(LimitExceeded):
        record_element(b"<a>" * (1 << 18))


def test_a_doctype_is_refused() -> None:
    entities = b'<!DOCTYPE t [<!ENTITY e "<loan><id/></loan>">]><t>&e;&e;</t>'
    with pytest.raises(SourceUnreadable, match="DOCTYPE"):
        record_element(entities)


def test_an_encoding_that_nobody_knows_is_refused() -> None:
    with pytest.raises(SourceUnreadable, match="unknown encoding"):
        record_element(b'<?xml version="1.0" encoding="none-such"?><t/>')
