"""Every figure of README and docs is that of a stored result, and this is found out if not."""

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lab.made_runs import outcome, samples, write_run
from seawall.lab.publication import write_data
from seawall.lab.run_record import read_run

ROOT = Path(__file__).parents[1]


def tool() -> Any:
    """Load the tool, which is of no package."""
    path = ROOT / "tools" / "quote_figures.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


TOOL = tool()
QUOTED = TOOL.read_quoted(ROOT)
PASSAGES = [(one.document, one.name) for one in QUOTED.passage]


def problems(root: Path) -> list[str]:
    return list(TOOL.problems(root, TOOL.read_quoted(root), TOOL.read_results(root)))


def copied(folder: Path) -> Path:
    shutil.copy(ROOT / "README.md", folder)
    shutil.copytree(ROOT / "docs", folder / "docs")
    return folder


def test_every_figure_of_the_documents_is_that_of_its_result() -> None:
    assert problems(ROOT) == []


@pytest.mark.parametrize(("document", "name"), PASSAGES)
def test_another_digit_in_a_passage_is_found(document: str, name: str, tmp_path: Path) -> None:
    page = copied(tmp_path) / document
    before = page.read_text()
    (mark,) = re.finditer(rf"<!-- figures: {name} -->\n.*?(\d)(?=\D*<!-- end)", before, re.DOTALL)
    place, digit = mark.start(1), int(mark[1])
    page.write_text(f"{before[:place]}{(digit + 1) % 10}{before[place + 1 :]}")
    (found,) = problems(tmp_path)
    assert found.startswith(f"--- {document}")
    TOOL.write(tmp_path, QUOTED, TOOL.read_results(tmp_path))
    assert problems(tmp_path) == []
    assert page.read_text() == before


@pytest.mark.parametrize(
    "sentence",
    [
        "It answers in 0.123 ms.",
        "It is 321 times faster.",
        "It writes 54,321 durable rows a second.",
        "It takes 77 MB.",
        "It does 4.56 billion steps a second.",
        "It reads 987 MB/s.",
        "It is 65 × as fast.",
    ],
)
def test_a_figure_that_no_result_stands_behind_is_found(sentence: str, tmp_path: Path) -> None:
    page = copied(tmp_path) / "docs" / "how_to" / "report.md"
    page.write_text(f"{page.read_text()}\n{sentence}\n")
    (found,) = problems(tmp_path)
    assert found.startswith("docs/how_to/report.md: ")
    assert found.endswith("is neither quoted from a result nor said to be none")


def test_any_number_beside_the_passages_of_readmes_section_on_speed_is_found(
    tmp_path: Path,
) -> None:
    page = copied(tmp_path) / "README.md"
    page.write_text(
        page.read_text().replace("## How fast\n", "## How fast\nTwo cores, 17 of them.\n")
    )
    assert problems(tmp_path) == [
        "README.md: '17' is neither quoted from a result nor said to be none"
    ]


# --- a document of its own, over a run of known figures

PAGE = """# Speed
<!-- figures: rate -->
Made in 2 s,
150 a second.
<!-- end of figures -->
It waits 5 s at most, and `p99<9 ms` is code.
"""
LIST = """
[[passage]]
document = "docs/speed.md"
name = "rate"
text = '''
Made in {{ median("one", "rows[size=10].s") | digits(1) }} s,
{{ (ratio("one", "work") * 100) | whole }} a second.
'''

[[unquoted]]
document = "docs/speed.md"
reason = "a limit"
words = ["5 s"]
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "performance").mkdir(parents=True)
    (tmp_path / "README.md").write_text("# Nothing\n")
    (tmp_path / "docs" / "speed.md").write_text(PAGE)
    (tmp_path / "docs" / "performance" / "quoted.toml").write_text(LIST)
    store(tmp_path, seconds=2.0)
    return tmp_path


def store(root: Path, *, seconds: float) -> None:
    ratios = samples((1.4, 1.5, 1.6))
    answer = {"rows": [{"size": 10, "s": seconds}, {"size": 20, "s": 9.0}]}
    one = outcome("one", answer, msgspec.structs.replace(ratios, unit="ratio"))
    (root / "runs").mkdir(exist_ok=True)
    (root / "runs" / "day0.jsonl").unlink(missing_ok=True)
    write_data(read_run(write_run(root / "runs", one)), root / "docs" / "performance")


def test_a_document_that_says_what_was_measured_has_no_problem(small: Path) -> None:
    assert problems(small) == []


def test_another_result_is_found_and_written(small: Path) -> None:
    store(small, seconds=3.0)
    (found,) = problems(small)
    assert "+Made in 3 s," in found
    TOOL.write(small, TOOL.read_quoted(small), TOOL.read_results(small))
    assert problems(small) == []
    assert (small / "docs" / "speed.md").read_text() == PAGE.replace("in 2 s", "in 3 s")


def test_a_word_that_is_listed_and_no_longer_there_is_found(small: Path) -> None:
    page = small / "docs" / "speed.md"
    page.write_text(page.read_text().replace("5 s", "some time"))
    assert problems(small) == ["docs/speed.md: '5 s' is listed as no quotation, and is not there"]


def test_a_passage_without_its_marks_is_found(small: Path) -> None:
    page = small / "docs" / "speed.md"
    page.write_text("# Speed\nIt waits 5 s at most.\n")
    assert problems(small) == ["docs/speed.md: has passages [], and is said to have ['rate']"]


def test_a_template_that_asks_what_was_not_measured_is_refused(small: Path) -> None:
    listed = small / "docs" / "performance" / "quoted.toml"
    listed.write_text(listed.read_text().replace("size=10", "size=11"))
    with pytest.raises(LookupError, match=r"no answer of one has rows\[size=11\]"):
        problems(small)


@pytest.mark.parametrize(
    ("value", "count", "written"),
    [
        (698_123, 2, "700,000"),
        (0.0451, 2, "0.045"),
        (3.96, 2, "4.0"),
        (9.96, 2, "10"),
        (12.34, 1, "10"),
        (0, 2, "0"),
    ],
)
def test_a_figure_is_rounded_to_its_digits(value: float, count: int, written: str) -> None:
    assert TOOL.digits(value, count) == written
