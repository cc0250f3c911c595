"""Other load tools, run for real with an exported profile."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from seawall.lab.export import export_profile
from seawall.lab.load_profile import LoadProfile
from seawall.lab.slo import Figures
from seawall.lab.slo_sources import read_figures

TOOLS = ["locust", *(["k6"] if shutil.which("k6") else [])]


def run_tool(
    tool: str,
    profile: LoadProfile,
    url: str,
    folder: Path,
    *,
    first_sequence: int = 1_000,
    key: str = "",
) -> Figures:
    """Export a profile, run it, and read what the tool measured."""
    file = folder / ("profile.py" if tool == "locust" else "profile.js")
    file.write_text(export_profile(profile, tool=tool, first_sequence=first_sequence))  # type: ignore[arg-type]
    if tool == "locust":
        output = folder / "load_stats.csv"
        command = [sys.executable, "-m", "locust", "-f", str(file), "--headless", "--host", url]
        command += ["--csv", str(folder / "load"), "--only-summary"]
    else:
        output = folder / "k6.json"
        command = ["k6", "run", "--quiet", "-e", f"HOST={url}", "--summary-export", str(output)]
        command.append(str(file))
    environment = {name: text for name, text in os.environ.items() if "SEAWALL" not in name}
    if key:
        environment["SEAWALL_API_KEY"] = key
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    # Locust ends with 1 where an answer was wrong.
    assert done.returncode in (0, 1), done.stderr
    return read_figures(output)
