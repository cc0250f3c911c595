"""Benchmark commands that take a moment: they write what they were told to."""

from pathlib import Path

from seawall.lab.sections import Section, Step

SCRIPT = """
import sys, time
from seawall.lab.command import benchmark_parser, write_answer, write_record
from seawall.lab.results import measured_here

parser = benchmark_parser("stub")
parser.add_argument("--values", default="1,2,3")
parser.add_argument("--fail-if", default="")
parser.add_argument("--sleep", type=float, default=0)
options = parser.parse_args()
time.sleep(options.sleep)
if options.fail_if and __import__("os").path.exists(options.fail_if):
    sys.exit("told to fail")
values = [float(value) for value in options.values.split(",")]
workload = {"size": len(values), "errors": 0}
result = measured_here(
    "stub", kind="informational", workload=workload, seed=1, unit="ms", samples=values
)
write_record([result], folder=options.record)
write_answer({"values": values, "requests": [1]}, output=options.output)
"""


def write_stub(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "stub.py").write_text(SCRIPT)
    return folder


def stub_step(name: str, *arguments: str, repeats: int = 1, timeout_s: float = 60) -> Step:
    return Step(name, "stub.py", arguments, repeats, timeout_s, left_out=("requests",))


def stub_section(*steps: Step, name: str = "stubs") -> Section:
    return Section(name, name, {"quick": steps, "full": steps})
