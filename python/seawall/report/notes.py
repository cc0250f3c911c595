"""What a reader must know before using a figure."""

from msgspec import UNSET

from seawall.engines.debt import view
from seawall.engines.debt.types import DebtStressResult
from seawall.report.quality import Quality


def notes(result: DebtStressResult, quality: Quality) -> list[str]:
    """Say what is missing, assumed, withheld or left out; empty when nothing is."""
    return (
        _of_the_book(result) + view.notes(result) + _of_the_limits(result) + _of_the_tape(quality)
    )


def _of_the_book(result: DebtStressResult) -> list[str]:
    exposure = result.debt_exposure
    if exposure.total_outstanding and not exposure.collateral_value:
        return ["the book states no collateral: all that is outstanding counts as uncovered"]
    return []


def _of_the_limits(result: DebtStressResult) -> list[str]:
    if result.horizon is UNSET:
        return []
    return [
        f"the limit of one {one.by.replace('_', ' ')} is not tested: no record says of which it is"
        for one in result.horizon.concentrations
        if one.limit_pct is not None and one.excess is None
    ]


def _of_the_tape(quality: Quality) -> list[str]:
    counts = {
        "records were refused and are not in the book": quality.refused_record_count,
        "records are of another kind and were set aside": quality.set_aside_count,
        "cells were refused and count as absent": quality.refused_cell_count,
        f"records name no currency: {', '.join(quality.currencies)} by the profile": (
            quality.assumed_currency_count
        ),
    }
    return [f"{count:,} {what}" for what, count in counts.items() if count]
