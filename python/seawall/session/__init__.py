"""The programming interface: notebooks, the command line and the service all call `Session`."""

from seawall.session.dataset import Dataset
from seawall.session.run import Run
from seawall.session.session import Session
from seawall.session.trace import Trace
from seawall.session.verify import Problem, Verification

__all__ = ["Dataset", "Problem", "Run", "Session", "Trace", "Verification"]
