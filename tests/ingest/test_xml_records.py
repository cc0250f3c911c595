"""XML as records: every cell under its path, in bounded memory, and nothing that XML can hide."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET  # the slow, independent reading
from collections import Counter
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.errors import InvalidInput, LimitExceeded, SeawallError, SourceUnreadable
from seawall.ingest.text_rows import TextRows
from seawall.ingest.xml_records import MAX_COLUMNS, MAX_DEPTH, MAX_RECORD_BYTES, read_xml
from seawall.native import XmlRecords

DATA = Path(__file__).parents[3] / "shared" / "data"
NPORT_DATE = "/edgarSubmission/formData/genInfo/repPdDate"
# file → record element, context, records
FILES = {
    "cmbs_ex102_bmark_2024_v6.xml": ("assets", [], 129),
    "cmbs_ex102_bank5.xml": ("assets", [], 94),
    "nport_gs_bond_fund_2023-03-31.xml": ("invstOrSec", [NPORT_DATE], 1685),
}

Record = dict[str, str]


def layout(record_element: str = "r", context: list[str] | None = None) -> Any:
    return SimpleNamespace(record_element=record_element, context=context or [])


def batches(data: bytes, *, window_bytes: int = 1 << 20, **where: Any) -> list[TextRows]:
    return list(read_xml(BytesIO(data), layout(**where), name="a.xml", window_bytes=window_bytes))


def read(data: bytes | str, **options: Any) -> list[Record]:
    """Return the records, each with the cells that it has."""
    data = data if isinstance(data, bytes) else data.encode()
    return [
        {column: cell for column, cell in row.items() if cell is not None}
        for rows in batches(data, **options)
        for row in rows.columns.to_pylist()
    ]


def refusal(data: bytes | str, **options: Any) -> SeawallError:
    with pytest.raises(SeawallError) as caught:
        read(data, **options)
    return caught.value


# --- the same by ElementTree


def slow_cells(element: ET.Element, path: str) -> Record:
    def local(name: str) -> str:
        return name.rpartition("}")[2]

    below = f"{path}/" if path else ""
    cells = {f"{below}@{local(name)}": text for name, text in element.attrib.items()}
    runs = [element.text or ""] + [child.tail or "" for child in element]
    if len(element):
        runs = [run for run in runs if run.strip(" \t\r\n")]
    if runs:
        cells[path or "."] = "".join(runs)
    seen: Counter[str] = Counter()
    for child in element:
        name = local(child.tag)
        seen[name] += 1
        nth = f"[{seen[name]}]" if seen[name] > 1 else ""
        cells |= slow_cells(child, f"{below}{name}{nth}")
    return cells


def slow_records(root: ET.Element, record_element: str) -> list[Record]:
    if root.tag.rpartition("}")[2] == record_element:
        return [slow_cells(root, "")]
    return [record for child in root for record in slow_records(child, record_element)]


@pytest.mark.parametrize("name", FILES)
def test_a_filing_has_the_cells_that_elementtree_finds(name: str) -> None:
    path = DATA / name
    if not path.is_file():
        message = f"no reference data: {path} is not there"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    element, context, count = FILES[name]
    root = ET.parse(path).getroot()  # noqa: S314  (our own files)
    wanted = slow_records(root, element)
    for where in context:
        node = root.find("/".join(f"{{*}}{step}" for step in where.split("/")[2:]))
        assert node is not None
        wanted = [record | {where: node.text or ""} for record in wanted]
    assert len(wanted) == count
    assert read(path.read_bytes(), record_element=element, context=context) == wanted


NAMES = st.sampled_from(["a", "b", "r", "p:a", "c-d", "é"])
TEXTS = st.text(st.sampled_from("x \n\t&<é😀]>\u00a0"), max_size=6)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    def escape(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    name = draw(NAMES)
    attributes = draw(st.dictionaries(st.sampled_from(["k", "xml:lang"]), TEXTS, max_size=2))
    written = "".join(f' {key}="{escape(text)}"' for key, text in attributes.items())
    inside = escape(draw(TEXTS))
    if depth:
        for child in draw(st.lists(elements(depth=depth - 1), max_size=4)):
            inside += child + draw(st.sampled_from(["", "\n ", "<!-- c -->", "<![CDATA[<t>]]>"]))
            inside += escape(draw(TEXTS))
    return f"<{name}{written}>{inside}</{name}>"


@settings(max_examples=60)
@given(st.lists(elements(), max_size=5), st.integers(1, 60), st.sampled_from(["utf-8", "utf-16"]))
def test_any_document_has_the_cells_that_elementtree_finds_whatever_the_window(
    inside: list[str], window_bytes: int, encoding: str
) -> None:
    text = f'<top xmlns:p="urn:p">{"".join(inside)}<r/></top>'
    data = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    root = ET.fromstring(data)  # noqa: S314  (made above)
    assert read(data, window_bytes=window_bytes) == slow_records(root, "r")


# --- cells


def test_a_cell_is_named_by_its_path() -> None:
    assert read("<t><r><a>1</a><p><c>NY</c></p></r></t>") == [{"a": "1", "p/c": "NY"}]


def test_the_second_of_a_name_is_numbered_with_all_below_it() -> None:
    document = "<t><r><p><c>1</c></p><p><c>2</c><c>3</c></p><p/></r></t>"
    assert read(document) == [{"p/c": "1", "p[2]/c": "2", "p[2]/c[2]": "3", "p[3]": ""}]


def test_numbers_begin_again_with_each_record() -> None:
    assert read("<t><r><a>1</a><a>2</a></r><r><a>3</a></r></t>")[1] == {"a": "3"}


def test_an_attribute_is_a_cell_beside_the_text() -> None:
    assert read('<t><r i="7"><a k="v">1</a></r></t>') == [{"@i": "7", "a": "1", "a/@k": "v"}]


def test_namespaces_are_dropped_and_siblings_counted_without_them() -> None:
    document = '<t xmlns="urn:1" xmlns:p="urn:2"><p:r><a>1</a><p:a p:k="v">2</p:a></p:r></t>'
    assert read(document) == [{"a": "1", "a[2]": "2", "a[2]/@k": "v"}]


def test_an_empty_element_is_an_empty_cell_and_an_absent_one_is_none() -> None:
    (rows,) = batches(b"<t><r><a/></r><r><b></b></r></t>")
    assert rows.columns.to_pydict() == {"a": ["", None], "b": [None, ""]}


def test_text_is_kept_as_written_and_blanks_between_elements_are_not() -> None:
    assert read("<t><r>\n <a> 1&amp;2 </a>\n <b>\t</b></r></t>") == [{"a": " 1&2 ", "b": "\t"}]


def test_a_space_that_does_not_break_is_text_also_between_elements() -> None:
    assert read("<t><r>\u00a0<a/></r></t>") == [{".": "\u00a0", "a": ""}]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "iso-8859-15"]
)
def test_a_document_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?><t><r><é k="ü">ß</é></r></t>'
    assert read(document.encode(encoding)) == [{"é": "ß", "é/@k": "ü"}]


def test_text_beside_elements_is_kept_under_their_parent() -> None:
    assert read("<t><r>one<a>x <i>2</i> y</a></r></t>") == [{".": "one", "a": "x  y", "a/i": "2"}]


def test_a_record_that_is_a_leaf_has_its_text() -> None:
    assert read("<t><r>5</r><r/></t>") == [{".": "5"}, {".": ""}]


def test_the_outermost_record_element_counts() -> None:
    assert read("<t><g><r><r><a>1</a></r></r></g></t>") == [{"r/a": "1"}]


def test_a_context_is_a_column_of_every_record() -> None:
    document = "<t><h><d>2023-03-31</d></h><r><a>1</a></r><r/></t>"
    found = read(document, context=["/t/h/d"])
    assert [record["/t/h/d"] for record in found] == ["2023-03-31", "2023-03-31"]


def test_records_are_numbered_over_all_batches() -> None:
    record = b"<r><a>" + b"x" * (1 << 20) + b"</a></r>"
    found = batches(b"<t>" + record * 20 + b"</t>")
    assert len(found) > 1
    assert [rows.first_row for rows in found] == [
        1 + sum(rows.columns.num_rows for rows in found[:index]) for index in range(len(found))
    ]
    assert sum(rows.columns.num_rows for rows in found) == 20
    assert max(rows.columns.nbytes for rows in found) <= 16 << 20


def test_small_records_come_in_batches_of_bounded_size() -> None:
    found = batches(b"<t>" + b"<r/>" * 50_000 + b"</t>", window_bytes=1 << 12)
    assert sum(rows.columns.num_rows for rows in found) == 50_000
    assert max(rows.columns.num_rows for rows in found) < 10_000


# --- what is refused

DOCTYPES = {
    "plain": b"<!DOCTYPE t><t><r/></t>",
    "billion laughs": b'<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><t><r>&b;</r></t>',
    "external entity": b'<!DOCTYPE t [<!ENTITY e SYSTEM "file:///etc/passwd">]><t><r>&e;</r></t>',
    "external subset": b'<!DOCTYPE t SYSTEM "http://localhost/t.dtd"><t><r/></t>',
    "after a byte order mark": b"\xef\xbb\xbf<!-- c --><!DOCTYPE t><t><r/></t>",
    "in UTF-16": "<!DOCTYPE t><t><r/></t>".encode("utf-16"),
}


@pytest.mark.parametrize("kind", DOCTYPES)
@pytest.mark.parametrize("window_bytes", [1, 1 << 20])
def test_a_doctype_is_refused(kind: str, window_bytes: int) -> None:
    error = refusal(DOCTYPES[kind], window_bytes=window_bytes)
    assert isinstance(error, SourceUnreadable)
    assert (error.where, error.message) == ("a.xml: line 1", "a DOCTYPE is not accepted")


BROKEN = {
    "empty": (b"", "the file is empty", "a.xml"),
    "no xml": (b"loan_id,balance\n1,2\n", "syntax error", "a.xml: line 1"),
    "cut off": (b"<t>\n<r><a>1</a></r>\n<r><a>", "cut off", "a.xml: line 3"),
    "mismatched": (b"<t>\n<r>\n<a></b></r></t>", "mismatched tag", "a.xml: line 3"),
    "unknown entity": (b"<t>\n<r>&nbsp;</r></t>", "undefined entity", "a.xml: line 2"),
    "unbound prefix": (b"<t>\n<q:r/></t>", "unbound prefix", "a.xml: line 2"),
    "not utf-8": (b"<t>\n<r>\xff\xfe</r></t>", "invalid token", "a.xml: line 2"),
    "two roots": (b"<t><r/></t>\n<t/>", "junk after document element", "a.xml: line 2"),
    "no such encoding": (b'<?xml version="1.0" encoding="klingon"?><t/>', "encoding", "a.xml: "),
    "many bytes a letter": (b'<?xml version="1.0" encoding="shift_jis"?><t/>', "", "a.xml: "),
    "same attributes": (
        b'<t xmlns:p="u:p"><r k="1"\n p:k="2"/></t>',
        'two attributes are "@k"',
        "a.xml: line 1",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_document_is_refused_with_its_line(kind: str) -> None:
    data, message, where = BROKEN[kind]
    error = refusal(data)
    assert isinstance(error, SourceUnreadable)
    assert message in error.message
    assert error.where.startswith(where)


def test_a_document_without_the_record_element_tells_what_it_repeats() -> None:
    document = "<t>" + "<assets><n>1</n><p><q/></p></assets>" * 3 + "</t>"
    error = refusal(document, record_element="asset")
    assert isinstance(error, SourceUnreadable)
    assert 'no element "asset"' in error.message
    assert "is <t> and repeats assets (3), p (3)" in error.message


def test_a_profile_that_names_no_record_element_is_told_so() -> None:
    error = refusal("<t><loan>1</loan><loan>2</loan></t>", record_element="")
    assert isinstance(error, SourceUnreadable)
    assert error.message == (
        "the profile names no record_element; the document is <t> and repeats loan (2)"
    )


@pytest.mark.parametrize(
    "document",
    ["<t><r/><d>1</d></t>", "<t><h><d>1</d></h><r/></t>", "<t><d>1<i/></d><r/></t>"],
    ids=["after", "elsewhere", "no leaf"],
)
def test_a_context_that_is_not_before_the_records_is_refused(document: str) -> None:
    error = refusal(document, context=["/t/d"])
    assert isinstance(error, SourceUnreadable)
    assert '"/t/d"' in error.message


def nested(depth: int) -> str:
    return "<a>" * depth + "</a>" * depth


COMMENT = f"<!--{'x' * (1 << 20)}-->"
BEYOND = {
    "depth in a record": f"<t><r>{nested(MAX_DEPTH)}</r></t>",
    "depth around records": nested(MAX_DEPTH + 1),
    "siblings": f"<t><r>{'<a/>' * (MAX_COLUMNS + 1)}</r></t>",
    "columns": "<t>" + "".join(f"<r><a{i}/></r>" for i in range(MAX_COLUMNS + 1)) + "</t>",
    "names": "<t>" + "".join(f"<a{i}/>" for i in range(MAX_COLUMNS + 1)) + "</t>",
    "record": f"<t><r><a>{'x' * MAX_RECORD_BYTES}</a></r></t>",
    "text around records": f"<t>{'x' * (MAX_RECORD_BYTES + (1 << 20))}<r/></t>",
    "comment without end": f"<t><!--{'x' * (MAX_RECORD_BYTES + (2 << 20))}",
    "comments in a record": f"<t><r>{COMMENT * 17}</r></t>",
    "tag": f'<t><r a="{"x" * (MAX_RECORD_BYTES + (1 << 20))}"/></t>',
}


@pytest.mark.parametrize("kind", BEYOND)
def test_a_stated_maximum_is_not_passed(kind: str) -> None:
    error = refusal(BEYOND[kind])
    assert isinstance(error, LimitExceeded)
    assert error.where.startswith("a.xml: line 1")


def test_what_just_keeps_the_maxima_is_read() -> None:
    assert len(read(f"<t><r>{nested(MAX_DEPTH - 1)}</r></t>")) == 1
    (record,) = read(f"<t><r>{'<a/>' * (MAX_COLUMNS - 1)}</r></t>")
    assert len(record) == MAX_COLUMNS - 1


def test_memory_does_not_grow_with_the_document() -> None:
    class Windows(BytesIO):
        """A document that is made while it is read."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.windows = iter([b"<t>", *[b"<r><a>1</a><b>text</b></r>" * 4000] * count, b"</t>"])

        def read(self, _size: int | None = -1) -> bytes:
            return next(self.windows, b"")

    def resident_bytes() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    resident = []
    records = 0
    for rows in read_xml(Windows(600), layout(), name="a.xml"):
        resident.append(resident_bytes())
        records += rows.columns.num_rows
    assert records == 600 * 4000
    begun = len(resident) // 4
    document_bytes = 600 * 4000 * len("<r><a>1</a><b>text</b></r>")
    # Allocators of the whole process give and take some MB; a leak would keep the most of these 62.
    assert max(resident[begun:]) < resident[begun] + document_bytes // 4


def test_few_records_of_many_columns_are_a_batch() -> None:
    wide = "<r>" + "".join(f"<a{i}/>" for i in range(4000)) + "</r>"
    found = batches(f"<t>{wide}{'<r/>' * 5000}</t>".encode(), window_bytes=1 << 10)
    assert len(found) > 1
    assert max(rows.columns.num_rows * rows.columns.num_columns for rows in found) < 6_000_000


# --- the parser


def test_a_document_that_has_ended_takes_no_more() -> None:
    records = XmlRecords("r", [], name="a.xml")
    records.feed(b"<t><r/></t>", is_final=True)
    with pytest.raises(InvalidInput, match="ended"):
        records.feed(b"<t/>")


def test_a_python_with_another_expat_capsule_is_refused() -> None:
    script = """
import ctypes, pyexpat
from seawall.native import XmlRecords
class Capi(ctypes.Structure):
    _fields_ = [("magic", ctypes.c_char_p), ("size", ctypes.c_int)]
capi = Capi(b"pyexpat.expat_CAPI 9.9", 1000)
new = ctypes.pythonapi.PyCapsule_New
new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
pyexpat.expat_CAPI = new(ctypes.addressof(capi), b"pyexpat.expat_CAPI", None)
try:
    XmlRecords("r", [], name="a.xml")
except ImportError as error:
    print(error)
"""
    told = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout
    assert told.startswith('this Python\'s pyexpat hands out "pyexpat.expat_CAPI 9.9"')
