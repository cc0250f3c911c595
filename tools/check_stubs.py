"""Compare python/seawall/_core.pyi with the binary; `--write` makes it anew."""

import subprocess
import sys
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory

STUB = Path("python/seawall/_core.pyi")
TOOLS = Path(sys.executable).parent


def generated() -> str:
    with TemporaryDirectory() as folder:
        subprocess.run(
            [TOOLS / "pybind11-stubgen", "seawall._core", "--output-dir", folder, "--exit-code"],
            check=True,
            capture_output=True,
        )
        stub = Path(folder) / "seawall" / "_core.pyi"
        subprocess.run([TOOLS / "ruff", "format", "--quiet", "--no-cache", stub], check=True)
        return stub.read_text()


def main() -> int:
    text = generated()
    if "--write" in sys.argv[1:]:
        STUB.write_text(text)
        return 0
    known = STUB.read_text() if STUB.is_file() else ""
    if known == text:
        return 0
    sys.stdout.writelines(
        unified_diff(known.splitlines(True), text.splitlines(True), str(STUB), "the binary")
    )
    print(f"{STUB} is not what the binary has; python tools/check_stubs.py --write mends it")
    return 1


if __name__ == "__main__":
    sys.exit(main())
