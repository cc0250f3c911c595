"""The links from a supervisory path to what an obligor earns and to what new debt costs."""

import numpy as np
from numpy.typing import NDArray

from seawall.engines.debt.link_types import HorizonLinks, Link
from seawall.errors import InvalidInput
from seawall.supervisory import VARIABLES, SupervisoryPath
from seawall.supervisory.variables import GROWTH, PERCENT

Series = NDArray[np.float64]  # one value a quarter

_PLACE = "parameters.horizon.links"


def revenue_link(path: SupervisoryPath, links: HorizonLinks) -> tuple[Link, Series | str]:
    """Return operating revenue as a factor of today's, by quarter, or why it does not move.

    Raises
    ------
    InvalidInput
        For a variable that is neither a growth nor a level, or a revenue below 0.
    """
    name = links.revenue_variable
    if name is not None and (name not in VARIABLES or VARIABLES[name].unit == PERCENT):
        raise InvalidInput(
            f'"{name}" is neither a growth nor a level', where=f"{_PLACE}.revenue_variable"
        )
    factor: Series | str
    if name is None:
        factor = "no variable is linked to operating revenue"
    elif not _publishes(path, name):
        factor = f"the path has no {name}"
    else:
        factor = 1 + links.revenue_sensitivity * (_level(path, name) - 1)
        if factor.min() < 0:
            raise InvalidInput(
                f"makes operating revenue negative along {path.path_id}",
                where=f"{_PLACE}.revenue_sensitivity",
            )
    declared = Link(
        "revenue_factor",
        f"1 + {links.revenue_sensitivity} × (level of {name}(q) / level(jump-off) − 1) for every "
        "obligor, the level of a growth compounding a quarter of it each quarter; costs stay",
        f"{_source(path)}; that operating revenue follows this variable is a judgement",
        [] if isinstance(factor, str) else [str(name)],
        {} if isinstance(factor, str) else {"factor": factor.tolist()},
    )
    return declared, factor


def refinancing_rate_link(path: SupervisoryPath, links: HorizonLinks) -> tuple[Link, Series | str]:
    """Return by how many points the rate of new debt moves, by quarter, or why it does not.

    Raises
    ------
    InvalidInput
        For a variable that is no rate.
    """
    name = links.refinancing_rate_variable
    if name is not None and (name not in VARIABLES or VARIABLES[name].unit != PERCENT):
        raise InvalidInput(f'"{name}" is no rate', where=f"{_PLACE}.refinancing_rate_variable")
    change: Series | str
    if name is None:
        change = "no variable is linked to the rate of new debt"
    elif not _publishes(path, name):
        change = f"the path has no {name}"
    else:
        change = np.array([path.change(name, quarter) for quarter in path.quarters])
    declared = Link(
        "refinancing_rate_delta_pct",
        f"{name}(q) − {name}(jump-off), percentage points, of all new debt whatever it replaces",
        f"{_source(path)}; that new debt follows this variable is a judgement",
        [] if isinstance(change, str) else [str(name)],
        {} if isinstance(change, str) else {str(name): change.tolist()},
    )
    return declared, change


def _publishes(path: SupervisoryPath, name: str) -> bool:
    series = path.variables.get(name)
    return series is not None and None not in (*series, path.jump_off.values[name])


def _level(path: SupervisoryPath, name: str) -> Series:
    """Level over that of the jump-off."""
    if VARIABLES[name].unit != GROWTH:
        return 1 + np.array([path.relative_change(name, quarter) for quarter in path.quarters])
    growth = np.array([path.value(name, quarter) for quarter in path.quarters], dtype=np.float64)
    # A square root is rounded alike everywhere, a power is not.
    quarterly: Series = np.sqrt(np.sqrt(1 + growth / 100))
    return np.multiply.accumulate(quarterly)


def _source(path: SupervisoryPath) -> str:
    return f"{path.source.publisher}, {path.source.document} ({path.source.year})"
