"""Hold the figures of README and docs against stored results; `--write` makes them anew.

docs/performance/quoted.toml has the passages of the documents that quote figures, as templates
whose values are asked of the stored run and rounded there, and the numbers that are no quotations,
each with its reason. A number with a unit of time, rate or size that is in neither is a problem.
"""

import json
import math
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, StrictUndefined

from seawall.lab.run_record import LabRun, joined, read_run

ROOT = Path(__file__).parents[1]
PERFORMANCE = Path("docs/performance")

# A number and what makes it a figure of performance, such as 3 ms or 120,000 durable rows a second.
_NUMBER = r"(?<![\w.,])\d[\d,]*(?:\.\d+)?"
_UNIT = r"(?:ns|µs|us|ms|s|min|minutes|seconds|hours|[KMGT]i?B|rps|/s|times|×(?!\s?\d))(?![\w'])"
_FIGURE = re.compile(
    rf"{_NUMBER}(?:\s(?:million|billion|thousand))?(?:\s?{_UNIT}|(?:\s[\w-]+){{0,3}}\sa second)"
)
_DIGITS = re.compile(rf"{_NUMBER}")
_MARKED = re.compile(r"<!-- figures: (\w+) -->\n(.*?)<!-- end of figures -->", re.DOTALL)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_SECTION = re.compile(r"^## How fast\n(.*?)(?=^## )", re.DOTALL | re.MULTILINE)
_STEP_OF_A_PATH = re.compile(r"(\w+)|\[(\w+)=([^\]]*)\]")


class Passage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands between two marks of a document."""

    document: str
    name: str
    text: str  # a template


class Unquoted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of a document that are no figures of a stored result."""

    document: str
    reason: str
    words: tuple[str, ...]


class Quoted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What documents quote."""

    passage: tuple[Passage, ...]
    unquoted: tuple[Unquoted, ...]


class Results:
    """What a template may ask."""

    def __init__(self, run: LabRun, folder: Path) -> None:
        self.run, self.folder = run, folder
        ends = [run.end.noise] if run.end else []
        self.noise = max(noise.floor for noise in (run.head.noise, *ends))

    def values(self, step: str, at: str) -> list[Any]:
        """Return what all repeats of a step answered at a place, such as ``rows[size=10].ms``."""
        found = [one for outcome in self.run.good(step) for one in _at(outcome.answer, at)]
        if not found:
            raise LookupError(f"no answer of {step} has {at}")
        return found

    def median(self, step: str, at: str) -> float:
        found: float = statistics.median(self.values(step, at))
        return found

    def at_most(self, step: str, at: str, limit: float) -> Any:
        """Return the largest of what was measured, up to a limit."""
        return max(one for one in self.values(step, at) if one <= limit)

    def step_at_most(self, prefix: str, limit: int) -> str:
        """Return the step of the most rows, up to a limit, of those named by them."""
        names = (step.name for step in self.run.head.steps if self.run.good(step.name))
        counts = [int(name[len(prefix) :]) for name in names if name.startswith(prefix)]
        return f"{prefix}{max(count for count in counts if count <= limit)}"

    def ratio(self, step: str, benchmark: str) -> float:
        """Return the median of the paired ratios of a benchmark."""
        (found,) = (
            one
            for one in joined(self.run.good(step))
            if one.benchmark == benchmark and one.unit == "ratio"
        )
        return statistics.median(found.values)

    def stored(self, name: str) -> Any:
        return json.loads((self.folder / name).read_bytes())


def digits(value: float, count: int) -> str:
    """Round to so many significant digits, thousands apart."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{count - 1}e}")
    return f"{rounded:,.{max(0, count - 1 - math.floor(math.log10(abs(rounded))))}f}"


def rendered(passage: Passage, results: Results) -> str:
    environment = Environment(  # noqa: S701  (Markdown of our own)
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["digits"] = digits
    environment.filters["whole"] = lambda value: f"{value:,.0f}"
    names = ("values", "median", "at_most", "step_at_most", "ratio", "stored", "run", "noise")
    asked: dict[str, Callable[..., Any]] = {name: getattr(results, name) for name in names}
    return environment.from_string(passage.text).render(asked).strip("\n") + "\n"


def written(text: str, passages: dict[str, str]) -> str:
    """Put passages into a document."""
    return _MARKED.sub(
        lambda mark: (
            f"<!-- figures: {mark[1]} -->\n{passages[mark[1]]}<!-- end of figures -->"
            if mark[1] in passages
            else mark[0]
        ),
        text,
    )


def problems(root: Path, quoted: Quoted, results: Results) -> Iterator[str]:
    """Tell what is wrong in the documents below a folder."""
    for name in documents(root):
        text = (root / name).read_text(encoding="utf-8")
        passages = {
            one.name: rendered(one, results) for one in quoted.passage if one.document == name
        }
        marks = [mark[1] for mark in _MARKED.finditer(text)]
        if sorted(marks) != sorted(passages):
            yield f"{name}: has passages {sorted(marks)}, and is said to have {sorted(passages)}"
            continue
        wanted = written(text, passages)
        if wanted != text:
            sides = (text.splitlines(), wanted.splitlines())
            lines = unified_diff(*sides, name, "the results", n=0, lineterm="")
            yield "\n".join(lines)
        found = figures(text, is_first=name == "README.md")
        listed = {word for one in quoted.unquoted if one.document == name for word in one.words}
        for word in sorted(found - listed):
            yield f"{name}: {word!r} is neither quoted from a result nor said to be none"
        for word in sorted(listed - found):
            yield f"{name}: {word!r} is listed as no quotation, and is not there"
    known = set(documents(root))
    named = [one.document for one in quoted.passage] + [one.document for one in quoted.unquoted]
    for stranger in sorted(set(named) - known):
        yield f"{stranger}: there is no such document"


def documents(root: Path) -> list[str]:
    """Return README and the pages of docs, but those that are made of a run themselves."""
    pages = sorted(path.relative_to(root) for path in (root / "docs").rglob("*.md"))
    return ["README.md", *(str(page) for page in pages if page.parent != PERFORMANCE)]


def figures(text: str, *, is_first: bool) -> set[str]:
    """Find the figures outside of code and passages; in README's section on speed any number."""
    plain = _CODE.sub("", _MARKED.sub("", text))
    found = {" ".join(match[0].split()) for match in _FIGURE.finditer(plain)}
    section = _SECTION.search(plain) if is_first else None
    return found | (set(_DIGITS.findall(section[1])) if section else set())


def read_quoted(root: Path) -> Quoted:
    return msgspec.toml.decode((root / PERFORMANCE / "quoted.toml").read_bytes(), type=Quoted)


def read_results(root: Path) -> Results:
    folder = root / PERFORMANCE
    return Results(read_run(folder / "run.jsonl.gz"), folder)


def write(root: Path, quoted: Quoted, results: Results) -> None:
    for name in dict.fromkeys(one.document for one in quoted.passage):
        path = root / name
        passages = {
            one.name: rendered(one, results) for one in quoted.passage if one.document == name
        }
        path.write_text(written(path.read_text(encoding="utf-8"), passages), encoding="utf-8")


def _at(answer: Any, path: str) -> list[Any]:
    """Follow names and choices such as ``[size=10]`` into lists and objects."""
    found = [answer]
    for name, key, value in _STEP_OF_A_PATH.findall(path):
        rows = [row for one in found for row in (one if isinstance(one, list) else [one])]
        found = [row[name] for row in rows] if name else [r for r in rows if str(r[key]) == value]
    return found


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"], ["--write"]):
        print("usage: quote_figures.py [--check | --write]", file=sys.stderr)
        return 2
    quoted, results = read_quoted(ROOT), read_results(ROOT)
    if arguments == ["--write"]:
        write(ROOT, quoted, results)
    found = list(problems(ROOT, quoted, results))
    print("\n".join(found) or "every figure is that of its result")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
