"""A debt stress run as people read it: sentences and table rows, for any surface."""

from collections.abc import Mapping

from seawall.engines.debt.types import DebtStressResult

SCENARIO_COLUMNS = (
    ("scenario", "left"),
    ("loss", "right"),
    ("of book", "right"),
    ("worst quarter", "left"),
    ("", "left"),
    ("finding", "left"),
)


def money(amount: float, currency: str) -> str:
    """Write an amount so that a person takes it in: ``41.2 M EUR``."""
    for size, letter in ((1e12, " T"), (1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if abs(amount) >= size:
            return f"{amount / size:,.1f}{letter} {currency}"
    return f"{amount:,.2f} {currency}"


def headline(result: DebtStressResult) -> str:
    """Say where the book stands, in one sentence."""
    exposure = result.debt_exposure
    return (
        f"{money(exposure.total_outstanding, result.currency)} outstanding, "
        f"{money(exposure.collateral_value, result.currency)} collateral, "
        f"{money(exposure.net_exposure_after_recovery, result.currency)} uncovered"
    )


def notes(result: DebtStressResult) -> list[str]:
    """Say what a reader of the figures must know."""
    found = {
        "positions have no rate: taken as 0 %": result.rate_missing_count,
        "records have no total and no instrument: taken as 0": result.total_missing_count,
    }
    said = [f"{count:,} {what}" for what, count in found.items() if count]
    said += [
        f"{left_out.record_count:,} records in {left_out.currency} are not in the book: "
        f"{left_out.reason} ({left_out.rule})"
        for left_out in result.unconverted
    ]
    shared = result.shared_collateral
    if shared is not None and shared.withheld_count:
        said.append(
            f"{shared.withheld_count:,} loans over "
            f"{money(shared.withheld_total_outstanding, result.currency)} state collateral that "
            "secures, or may secure, other loans too: they count without it and stay out of the "
            "collateral ratios"
        )
    for path in result.supervisory:
        for link in dict.fromkeys(gap.link for gap in path.not_covered):
            parts = [gap.total_outstanding for gap in path.not_covered if gap.link == link]
            said.append(
                f"{path.path_id}: the link {link} does not reach "
                f"{money(sum(parts), result.currency)} of the book"
            )
    return said


def scenario_rows(
    result: DebtStressResult, findings: Mapping[str, tuple[str, bool]]
) -> list[list[str]]:
    """Make one row a scenario or supervisory path, under `SCENARIO_COLUMNS`.

    Parameters
    ----------
    findings : mapping
        By title: the finding's identifier, and whether it is material.
    """
    scale = max(1.0, result.debt_exposure.total_outstanding)
    rows = []
    for scenario in result.stress_tests:
        finding_id, is_material = findings[f"stress:{scenario.scenario_id}"]
        rows.append(
            [
                scenario.scenario_id,
                money(scenario.loss_estimate, result.currency),
                f"{100 * scenario.loss_estimate / scale:.2f} %",
                "",
                "material" if is_material else "",
                finding_id,
            ]
        )
    for path in result.supervisory:
        finding_id, is_material = findings[f"stress:{path.path_id}"]
        rows.append(
            [
                path.path_id,
                money(path.peak_loss, result.currency),
                f"{100 * path.peak_loss / scale:.2f} %",
                path.peak_quarter,
                "material" if is_material else "",
                finding_id,
            ]
        )
    return rows
