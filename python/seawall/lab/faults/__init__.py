"""The fault laboratory: each fault tried on purpose, each with a control that must lose data."""

from seawall.lab.faults.row import FaultRow
from seawall.lab.faults.run import run_faults

__all__ = ["FaultRow", "run_faults"]
