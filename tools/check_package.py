"""Install the built wheel (made from the sdist) where nothing else is, and use it."""

import subprocess
import sys
import tarfile
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

SMOKE = """
import pathlib, tempfile
import seawall, seawall.report
from seawall.errors import SeawallError
from seawall.ingest import built_in_rates
debt = b'"payload":{"financial":{"debt":{"principal":100}}}'
record = b'[{"source_system":"a","source_record_id":"1",' + debt + b"}]"
path = pathlib.Path(tempfile.mkdtemp()) / "a.db"
with seawall.Session(path) as session:
    rates = session.ingest(built_in_rates(), profile="ecb_rates")
    run = session.stress(
        session.ingest(record, profile="todiscope", format="json"),
        supervisory=["frb_2025_severely_adverse"],
        currency="USD",
        rates=rates,
        rates_as_of="2025-12-31",
    )
    assert run.result.debt_exposure.total_outstanding == 117.5
    assert session.verify().ok
    try:
        seawall.report.report_html(session, run)
    except SeawallError as error:
        assert error.code == "library_missing"
    else:
        raise AssertionError("a report was written without its libraries")
print("the wheel works alone")
"""


def main() -> int:
    folder = Path(sys.argv[1])
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    for needed in ("CMakeLists.txt", "pyproject.toml", "README.md", "LICENSE", "cpp/test_main.cpp"):
        if needed not in names:
            print(f"the sdist lacks {needed}")
            return 1
    with TemporaryDirectory() as home:
        venv.create(home, with_pip=True)
        python = Path(home) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
        subprocess.run([python, "-I", "-c", SMOKE], check=True, cwd=home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
