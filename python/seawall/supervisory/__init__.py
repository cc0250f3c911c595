"""Supervisory paths: published macroeconomic scenarios, with their source."""

from seawall.supervisory.built_in import built_in_paths, load_path
from seawall.supervisory.fed_csv import read_fed_scenario
from seawall.supervisory.path import (
    JumpOff,
    PathSource,
    SupervisoryPath,
    check_path,
    parse_path,
)
from seawall.supervisory.variables import VARIABLES, Variable

__all__ = [
    "VARIABLES",
    "JumpOff",
    "PathSource",
    "SupervisoryPath",
    "Variable",
    "built_in_paths",
    "check_path",
    "load_path",
    "parse_path",
    "read_fed_scenario",
]
