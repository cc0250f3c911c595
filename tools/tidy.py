"""Run clang-tidy over the product's C++: tidy.py BUILD PART [OPTION ...].

Most of its time goes into the headers that each source includes: six sources of the same flags are
one translation unit here, in which it looks at each as it would alone. (The analyzer does so where
the unit's name begins with UnifiedSource.) It looks at every source of the part, or at none.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOOLS = Path(sys.executable).parent
TESTS = re.compile(r"_test\.cpp$|/test_main\.cpp$")
BATCH_SIZE = 6

Batch = tuple[tuple[str, ...], list[Path]]  # flags, and the sources that are compiled with them


def batches(build: Path) -> Iterator[Batch]:
    """What is compiled, six sources at a time; the build itself compiles some in batches too."""
    sources: defaultdict[tuple[str, ...], set[Path]] = defaultdict(set)
    for entry in json.loads((build / "compile_commands.json").read_text()):
        _, *arguments = shlex.split(entry["command"])
        output = arguments.index("-o")
        flags = (*arguments[:output], *arguments[output + 2 : arguments.index("-c")])
        if "Unity" in Path(entry["file"]).parts:
            text = Path(entry["file"]).read_text()
            sources[flags].update(map(Path, re.findall(r'^#include "(.*)"$', text, re.MULTILINE)))
        elif not TESTS.search(entry["file"]):
            sources[flags].add(Path(entry["file"]))
    for flags, files in sources.items():
        ordered = sorted(files)
        for first in range(0, len(ordered), BATCH_SIZE):
            yield flags, ordered[first : first + BATCH_SIZE]


def part_of(found: list[Batch], part: Path) -> list[Batch]:
    """The batches with their sources below a folder alone."""
    kept = [(flags, [one for one in files if part in one.parents]) for flags, files in found]
    return [(flags, files) for flags, files in kept if files]


def left_out(found: list[Batch], part: Path) -> set[Path]:
    """The sources of a folder that no batch has."""
    there = {path for path in part.rglob("*.cpp") if not TESTS.search(str(path))}
    return there - {path for _, files in found for path in files}


def look(unit: Path, batch: Batch, options: list[str]) -> subprocess.CompletedProcess[str]:
    flags, files = batch
    includes = "".join(f'#include "{path}"\n' for path in files)
    check = "bugprone-suspicious-include"
    unit.write_text(f"// NOLINTBEGIN({check})\n{includes}// NOLINTEND({check})\n")
    tidy = [str(TOOLS / "clang-tidy"), "--quiet", "--config-file=.clang-tidy"]
    command = [*tidy, "--warnings-as-errors=*", *options, str(unit), "--", *flags]
    return subprocess.run(command, capture_output=True, text=True)


def main() -> int:
    build, part, *options = sys.argv[1:]
    folder = Path(part).resolve()
    chosen = part_of(list(batches(Path(build))), folder)
    if missing := left_out(chosen, folder):
        print("no compilation has", *sorted(missing))
        return 1
    if not chosen:
        print(f"{part} has no sources")
        return 1
    units = Path(build) / "tidy"
    units.mkdir(exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(
            lambda numbered: look(units / f"UnifiedSource-{numbered[0]}.cpp", numbered[1], options),
            enumerate(chosen),
        )
        failed = [result for result in results if result.returncode != 0]
    for result in failed:
        print(result.stdout, result.stderr, sep="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
