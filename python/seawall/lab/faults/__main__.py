"""``python -m seawall.lab.faults``: try faults by name, and replay the seed of a simulation."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from seawall.lab.faults.registry import FAULTS
from seawall.lab.faults.run import fault_table, run_faults
from seawall.lab.faults.simulation import simulate


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when every row is ok, otherwise 1."""
    parser = argparse.ArgumentParser(prog="python -m seawall.lab.faults", description=__doc__)
    names = [fault.name for fault in FAULTS]
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(names))
    parser.add_argument("--profile", choices=["quick", "full"], default="quick")
    parser.add_argument("--seed", type=int, help="replay one simulation; otherwise the first seed")
    parser.add_argument("--json", action="store_true", help="one JSON document for machines")
    parser.add_argument("--output", type=Path, help="a folder for the table and the document")
    options = parser.parse_args(arguments)
    if unknown := set(options.faults) - set(names):
        parser.error(f"there is no fault {', '.join(sorted(unknown))}")
    if options.faults == ["simulation"] and options.seed is not None:
        return _replay(options.seed)
    rows = run_faults(
        options.profile,
        _show,
        only=options.faults,
        seed=1 if options.seed is None else options.seed,
    )
    ok = all(row.ok for row in rows)
    document = msgspec.json.format(msgspec.json.encode({"rows": rows, "ok": ok}), indent=2)
    text = fault_table(rows)
    sys.stdout.write(document.decode() + "\n" if options.json else text + "\n")
    if options.output is not None:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "faults.json").write_bytes(document + b"\n")
        (options.output / "faults.txt").write_text(text + "\n", encoding="utf-8")
    return 0 if ok else 1


def _replay(seed: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = simulate(seed, Path(folder) / "seed")
    for number, step in enumerate(found.steps, 1):
        sys.stdout.write(f"{number:4}  {step}\n")
    sys.stdout.write(found.disagreement or f"model and store agree, {len(found.kept)} requests")
    sys.stdout.write("\n")
    return 1 if found.disagreement else 0


def _show(fault: str, done: int, count: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{fault} {done}{f' of {count}' if count else ''}   ")


if __name__ == "__main__":
    sys.exit(main())
