"""Supervisory paths over a book: what goes into the core by quarter, and what came out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seawall.engines.debt.link_types import LinkGap, NotCovered, SupervisoryLinks
from seawall.engines.debt.links import segment_shocks
from seawall.engines.debt.scenarios import FloatMatrix, quarter_id
from seawall.engines.debt.types import PathQuarter, PathResult
from seawall.supervisory import SupervisoryPath

_FIGURES = tuple(name for name in PathQuarter.__struct_fields__ if name != "quarter")

_SEGMENT = tuple(name for name in LinkGap.__struct_fields__ if name not in ("link", "reason"))


class PathRun:
    """One path over one book: a scenario of the core for each of its quarters."""

    def __init__(
        self,
        path: SupervisoryPath,
        links: SupervisoryLinks,
        segments: Sequence[Mapping[str, Any]],
        *,
        currency: str,
    ) -> None:
        self.path = path
        self._segments = segments
        self.shocks = segment_shocks(path, links, segments, book_currency=currency)

    def scenarios(self) -> list[tuple[str, FloatMatrix]]:
        """The quarters as scenarios of the core, in order."""
        return [
            (quarter_id(self.path.path_id, quarter), shocks)
            for quarter, shocks in zip(self.shocks.quarters, self.shocks.shocks, strict=True)
        ]

    def result(self, figures: Sequence[dict[str, float]]) -> PathResult:
        """The answer, from the core's figures of each quarter."""
        quarters = [
            PathQuarter(quarter, **{name: values[name] for name in _FIGURES})
            for quarter, values in zip(self.shocks.quarters, figures, strict=True)
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
            links=self.shocks.links,
            not_covered=link_gaps(self.shocks.not_covered, self._segments),
        )


def link_gaps(
    not_covered: Iterable[NotCovered], segments: Sequence[Mapping[str, Any]]
) -> list[LinkGap]:
    """Say of each segment that a link does not reach what it is."""
    return [
        LinkGap(gap.link, gap.reason, **{name: segments[gap.segment][name] for name in _SEGMENT})
        for gap in not_covered
    ]
