"""A gate: exit 0 when every critical threshold is met, 1 when one is not, 2 when none can tell."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from seawall.errors import SeawallError
from seawall.lab.slo import SloVerdict, judge_figures, parse_threshold, read_slo
from seawall.lab.slo_output import junit_xml, verdict_lines
from seawall.lab.slo_sources import read_figures

EXIT_MET, EXIT_NOT_MET, EXIT_UNKNOWN = 0, 1, 2


def check(
    source: Path, slo: Path | None, thresholds: Sequence[str]
) -> tuple[str, list[SloVerdict]]:
    """Judge a file of figures by a file of service levels, and by thresholds for the whole of it.

    Raises
    ------
    SeawallError, OSError
        If nothing can be told: a file is not readable, a figure is missing, or nothing is asked.
    """
    asked = []
    name = source.name
    if slo is not None:
        read = read_slo(slo)
        name, asked = read.name, read.thresholds()
    for text in thresholds:
        asked.append(("", "critical", parse_threshold(text)))
    if not asked:
        raise SeawallError("no threshold was given", code="invalid_input")
    return name, judge_figures(asked, read_figures(source))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gate as a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add(
        *("source",),
        type=Path,
        help="a run of the laboratory, a load, bench_api.py's, or of Locust, k6, pytest-benchmark",
    )
    add("--slo", type=Path, default=None, help="a file of service levels, TOML or JSON")
    add("--threshold", action="append", default=[], help="such as 'p99<200' or 'rps>500'")
    add("--junit", type=Path, default=None, help="where a JUnit file goes")
    add("--summary", type=Path, default=None, help="Markdown is added to this file")
    options = parser.parse_args(arguments)
    try:
        name, verdicts = check(options.source, options.slo, options.threshold)
        text = verdict_lines(verdicts, name=name)
        if options.junit:
            options.junit.write_bytes(junit_xml(verdicts, name=name))
        if options.summary:
            with options.summary.open("a", encoding="utf-8") as file:
                file.write(text + "\n")
    except (SeawallError, OSError) as error:
        sys.stderr.write(f"cannot tell: {error}\n")
        return EXIT_UNKNOWN
    sys.stdout.write(text)
    broken = [one for one in verdicts if not one.met and one.level == "critical"]
    return EXIT_NOT_MET if broken else EXIT_MET


if __name__ == "__main__":
    sys.exit(main())
