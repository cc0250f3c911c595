"""A drawing of a page as a file of its own."""

from pathlib import Path
from xml.etree import ElementTree

from markupsafe import Markup

from seawall.report.chart_svg import write_drawing

DRAWING = Markup('<svg width="30" height="20"><rect width="30" height="20" fill="#0072B2"/></svg>')


def test_a_drawing_alone_is_a_whole_document_on_its_own_ground(tmp_path: Path) -> None:
    write_drawing(DRAWING, tmp_path / "graph.svg")
    root = ElementTree.fromstring((tmp_path / "graph.svg").read_text())  # noqa: S314 (made here)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "background:#fff" in root.attrib["style"]


def test_a_picture_has_twice_the_points_of_its_drawing(tmp_path: Path) -> None:
    write_drawing(DRAWING, tmp_path / "graph.png")
    found = (tmp_path / "graph.png").read_bytes()
    assert found.startswith(b"\x89PNG")
    assert [int.from_bytes(found[at : at + 4]) for at in (16, 20)] == [60, 40]
