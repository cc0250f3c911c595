"""What every benchmark command has in common: where its answer goes, and what it keeps."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from seawall.lab.results import Result, write_result


def benchmark_parser(description: str) -> argparse.ArgumentParser:
    """Return a parser with the arguments of every benchmark: ``--output`` and ``--record``."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument(
        "--output", default="", metavar="PATH", help="where the JSON goes; empty: standard output"
    )
    parser.add_argument(
        "--record", default="", metavar="FOLDER", help="where raw samples go; empty: nowhere"
    )
    return parser


def counts(text: str) -> list[int]:
    """Read an argument of whole numbers with commas between them; an empty one has none.

    Raises
    ------
    ValueError
        If something else stands there.
    """
    return [int(part) for part in text.split(",") if part]


def write_answer(answer: object, *, output: str) -> None:
    """Write a command's answer as JSON with sorted keys, indented by 2.

    Parameters
    ----------
    answer : object
        What JSON can say.
    output : str
        A path; empty for standard output.

    Raises
    ------
    ValueError
        If a number is not finite.
    OSError
        If the file cannot be written.
    """
    text = json.dumps(answer, indent=2, sort_keys=True, allow_nan=False)
    if output:
        Path(output).write_text(text + "\n", encoding="utf-8")
    else:
        print(text)  # noqa: T201  (the command's answer)


def write_record(results: Sequence[Result], *, folder: str) -> None:
    """Keep results, a file each, named after the benchmark and when it was; "" keeps nothing.

    Raises
    ------
    SeawallError
        Of code ``not_a_release_build`` if an unoptimised build was measured.
    OSError
        If a file cannot be written.
    """
    if not folder:
        return
    for index, result in enumerate(results):
        name = f"{result.benchmark}-{result.created_at:%Y%m%dT%H%M%S.%f}-{index:02}.json"
        write_result(result, path=Path(folder) / name)
