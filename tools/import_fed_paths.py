"""Write the built-in supervisory paths from the Federal Reserve's CSV files in a folder."""

import sys
from pathlib import Path

import msgspec

from seawall.supervisory import SupervisoryPath, read_fed_scenario

TARGET = Path(__file__).parents[1] / "python" / "seawall" / "supervisory" / "built_in"
OBTAINED = (
    "CSV files of the Federal Reserve Board's page of the 2025 stress test scenarios, "
    "as kept at github.com/zhuliang21/frb-shock (data/2025/source)"
)
SCENARIOS = {
    "baseline": ("2", "Supervisory_Baseline", "supervisory baseline"),
    "severely_adverse": ("3", "Supervisory_Severely_Adverse", "supervisory severely adverse"),
}


def read_2025(folder: Path, scenario: str) -> SupervisoryPath:
    table, file, title = SCENARIOS[scenario]
    prefix = "frb_2025-Table_"
    return read_fed_scenario(
        folder / f"{prefix}{table}A_{file}_Domestic.csv",
        folder / f"{prefix}{table}B_{file}_International.csv",
        history_domestic=folder / f"{prefix}1A_Historic_Domestic.csv",
        history_international=folder / f"{prefix}1B_Historic_International.csv",
        path_id=f"frb_2025_{scenario}",
        title=f"Federal Reserve 2025 stress test, {title} scenario",
        document=f"2025 Stress Test Scenarios, tables 1A, 1B, {table}A and {table}B",
        year=2025,
        obtained=OBTAINED,
    )


def laid_out(path: SupervisoryPath) -> str:
    """One line a variable, so that people can read it and compare versions."""

    def text(value: object) -> str:
        return msgspec.json.encode(value).decode()

    fields = msgspec.to_builtins(path)
    values = ",\n".join(f"  {text(n)}: {text(v)}" for n, v in fields.pop("variables").items())
    head = "".join(f" {text(name)}: {text(value)},\n" for name, value in fields.items())
    return f'{{\n{head} "variables": {{\n{values}\n }}\n}}\n'


def main() -> int:
    for scenario in SCENARIOS:
        path = read_2025(Path(sys.argv[1]), scenario)
        (TARGET / f"{path.path_id}.json").write_text(laid_out(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
