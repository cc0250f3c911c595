"""Faults tried on purpose: what is lost, how long recovery takes, and whether each control loses.

The faults, how often each is tried and what is promised stand in `seawall.lab.faults.registry`.
Exits 1 when any row is not ok; the answer is written all the same.
"""

import argparse
import sys
from collections.abc import Sequence

import msgspec

from seawall.lab.command import write_answer
from seawall.lab.faults import run_faults
from seawall.lab.faults.registry import FAULTS
from seawall.lab.faults.run import fault_table


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Break things on purpose, and count the losses.")
    parser.add_argument("--output", default="", help="where the JSON goes; empty: standard output")
    names = [fault.name for fault in FAULTS]
    parser.add_argument("--profile", choices=["quick", "full"], default="quick", help="how often")
    parser.add_argument("--only", nargs="*", choices=names, default=[], help="all when absent")
    parser.add_argument("--seed", type=int, default=1, help="of every schedule")
    options = parser.parse_args(arguments)
    rows = run_faults(options.profile, only=options.only, seed=options.seed)
    print(fault_table(rows), file=sys.stderr)
    ok = all(row.ok for row in rows)
    write_answer({"rows": msgspec.to_builtins(rows), "ok": ok}, output=options.output)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
