"""How a supervisory path becomes shocks of a book's segments."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np

from seawall.engines.debt.link_rules import LINKS, Terms, field
from seawall.engines.debt.link_types import Link, NotCovered, Segment, SupervisoryLinks
from seawall.errors import InvalidInput
from seawall.supervisory import VARIABLES, SupervisoryPath, check_path

_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class PathShocks(msgspec.Struct, frozen=True, eq=False):
    """A path as the engine takes it.

    Of ``shocks`` the last axis is: interest rate in percentage points, then as fractions
    collateral value, recoveries, default increment and worth of the currency.
    """

    quarters: list[str]
    shocks: np.ndarray[tuple[int, int, int], np.dtype[np.float64]]  # quarter, segment, link
    links: list[Link]  # in the order of the last axis
    not_covered: list[NotCovered]


def segment_shocks(
    path: SupervisoryPath,
    links: SupervisoryLinks,
    segments: Iterable[Any],
    *,
    book_currency: str,
) -> PathShocks:
    """Turn a path into shocks of each segment in each quarter.

    Parameters
    ----------
    path : SupervisoryPath
        As `seawall.supervisory.load_path` gives it.
    links : SupervisoryLinks
        The defaults, or a caller's changes of them.
    segments : iterable
        Mappings or objects with the fields of `Segment`; further ones are not looked at.
    book_currency : str
        ISO 4217; the figures of the book are in it.

    Returns
    -------
    PathShocks
        Shocks of shape (quarter_count, segment_count, 5). What no published series covers is 0
        and stands in ``not_covered``.

    Raises
    ------
    InvalidInput
        For a path, segment or link that cannot be used, with its place.
    NotFound
        When the path lacks a variable that a link needs.
    """
    try:
        known = msgspec.convert(list(segments), list[Segment], from_attributes=True)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error), where="segments") from error
    check_path(path)
    terms = Terms(path, links, book_currency)
    _check(terms)
    shocks = np.zeros((len(path.quarters), len(known), len(LINKS)))
    declared, not_covered = [], []
    for place, (declare, prepare) in enumerate(LINKS):
        declared.append(declare(terms))
        shock_of = prepare(terms)
        for index, segment in enumerate(known):
            shock = shock_of(segment)
            if isinstance(shock, str):
                not_covered.append(NotCovered(index, declared[-1].name, shock))
            else:
                shocks[:, index, place] = shock
    return PathShocks(path.quarters, shocks, declared, not_covered)


def _check(terms: Terms) -> None:
    links = terms.links
    rate = links.floating_rate_variable
    if rate not in VARIABLES or VARIABLES[rate].unit != "percent":
        raise InvalidInput(f'"{rate}" is no rate', where=field("floating_rate_variable"))
    levels = {f"collateral_indices.{k}": v for k, v in links.collateral_indices.items() if v}
    levels["recovery_index"] = links.recovery_index
    for name, regions in (
        ("region_indices", links.region_indices),
        ("region_multipliers", links.region_multipliers),
    ):
        for region in regions:
            if not _REGION.fullmatch(region):
                raise InvalidInput(
                    "is no ISO 3166 code such as US or US-NY", where=field(f"{name}.{region}")
                )
    for region, indices in links.region_indices.items():
        for name, index in indices.items():
            where = f"region_indices.{region}.{name}"
            levels[where] = name
            if len(index.levels) != len(terms.path.quarters):
                raise InvalidInput(
                    f"{len(index.levels)} levels for {len(terms.path.quarters)} quarters",
                    where=field(f"{where}.levels"),
                )
    for where, name in levels.items():
        if name not in VARIABLES or not VARIABLES[name].is_level:
            raise InvalidInput(f'"{name}" is no index', where=field(where))
