"""The table of faults as a command: ``python -m seawall.lab.fault_table quick --output FILE``."""

import argparse
import sys
from collections.abc import Sequence

import msgspec

from seawall.lab.command import write_answer
from seawall.lab.faults import run_faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Try every fault and write a row each; a row that is not ok is an answer, too."""
    parser = argparse.ArgumentParser(description="Try every fault of the store.")
    parser.add_argument("profile", choices=["quick", "full"])
    parser.add_argument("--output", default="", help="where the JSON goes")
    options = parser.parse_args(arguments)

    def progress(fault: str, done: int, count: int) -> None:
        sys.stderr.write(f"{fault} {done}/{count}\n")

    rows = run_faults(options.profile, progress)
    write_answer({"rows": msgspec.to_builtins(rows)}, output=options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
