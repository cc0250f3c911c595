"""The deployed configuration of nginx, led to processes on this machine."""

import re
from pathlib import Path

from seawall.lab.nginx import configured, deployed_configuration


def test_it_asks_the_given_processes_and_listens_on_this_machine_only() -> None:
    text = configured(
        deployed_configuration(), ports=[5001, 5002], port=5000, folder=Path("/elsewhere")
    )
    assert re.findall(r"^\s*server (\S+) ", text, re.MULTILINE) == [
        "127.0.0.1:5001",
        "127.0.0.1:5002",
    ]
    assert re.findall(r"^\s*listen (\S+)", text, re.MULTILINE) == ["127.0.0.1:5000"]


def test_its_files_lie_in_the_given_folder() -> None:
    text = configured(deployed_configuration(), ports=[1, 2], port=3, folder=Path("/elsewhere"))
    places = re.findall(r"^\s*(?:pid|error_log|access_log|\w+_temp_path) (\S+)", text, re.MULTILINE)
    assert len(places) == 8
    assert all(place.startswith("/elsewhere/") for place in places)
