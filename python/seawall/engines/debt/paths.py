"""Supervisory paths over a book: what goes into the core by quarter, and what came out."""

from collections.abc import Sequence

import msgspec

from seawall import native
from seawall.engines.debt.links import PathShocks, SupervisoryLinks, segment_shocks
from seawall.engines.debt.scenarios import FloatMatrix
from seawall.engines.debt.types import AppliedLink, LinkGap, PathQuarter, PathResult
from seawall.supervisory import SupervisoryPath

_FIGURES = tuple(name for name in PathQuarter.__struct_fields__ if name != "quarter")


class PathRun:
    """One path over one book: a scenario of the core for each of its quarters."""

    def __init__(
        self, path: SupervisoryPath, links: SupervisoryLinks, book: native.DebtBook
    ) -> None:
        self.path = path
        self._shocks: PathShocks = segment_shocks(
            path, links, book.segments, book_currency=book.currency
        )

    def scenarios(self) -> list[tuple[str, FloatMatrix]]:
        """The quarters as scenarios of the core, in order."""
        return [
            (f"{self.path.path_id}@{quarter}", shocks)
            for quarter, shocks in zip(self._shocks.quarters, self._shocks.values, strict=True)
        ]

    def result(self, figures: Sequence[dict[str, float]]) -> PathResult:
        """The answer, from the core's figures of each quarter."""
        quarters = [
            PathQuarter(quarter, **{name: values[name] for name in _FIGURES})
            for quarter, values in zip(self._shocks.quarters, figures, strict=True)
        ]
        peak = max(quarters, key=lambda quarter: quarter.loss_estimate)  # the first of equals
        return PathResult(
            path_id=self.path.path_id,
            title=self.path.title,
            source=self.path.source,
            sha256=self.path.sha256().hex(),
            jump_off_quarter=self.path.jump_off.quarter,
            quarters=quarters,
            peak_quarter=peak.quarter,
            peak_loss=peak.loss_estimate,
            links=[
                msgspec.convert(link, AppliedLink, from_attributes=True)
                for link in self._shocks.links
            ],
            not_covered=[
                msgspec.convert(gap, LinkGap, from_attributes=True)
                for gap in self._shocks.not_covered
            ],
        )
