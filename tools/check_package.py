"""See that the sdist holds all that a build reads, and use the wheel where nothing else is.

The wheel is packed from the objects that the checks ran on. Nothing is built a second time from the
sdist: that each source is in it, byte by byte, says the same in seconds.
"""

import subprocess
import sys
import tarfile
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

SOURCES = ("CMakeLists.txt", "pyproject.toml", "README.md", "LICENSE", "cpp", "python")

SMOKE = """
import pathlib, tempfile
import seawall, seawall.report
from seawall.errors import SeawallError
from seawall.ingest import built_in_rates
from importlib.resources import files
assert files("seawall").joinpath("service/page/index.html").is_file()
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
        packed = {}
        for member in archive:
            if (file := archive.extractfile(member)) is not None:
                packed[member.name.partition("/")[2]] = file.read()
    listed = subprocess.run(["git", "ls-files", "-z", *SOURCES], check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if packed.get(name) != Path(name).read_bytes():
            print(f"the sdist lacks {name}, or holds another one")
            return 1
    with TemporaryDirectory() as home:
        venv.create(home, with_pip=True)
        python = Path(home) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
        subprocess.run([python, "-I", "-c", SMOKE], check=True, cwd=home)
        serve = [str(Path(home) / "bin" / "seawall"), "serve", "--dev"]
        refused = subprocess.run(serve, capture_output=True, text=True, cwd=home)
        if "library_missing" not in refused.stdout + refused.stderr:
            print(f"the wheel served without its libraries, or broke: {refused.stderr}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
