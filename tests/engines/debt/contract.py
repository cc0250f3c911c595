"""Contract §1 read from a record's JSON and computed in plain Python: slow, and written apart.

No code of seawall is used here, neither its normalised columns nor its formulas.
"""

import math
from typing import Any

DEFAULT_SCENARIOS: dict[str, tuple[float, float, float, float]] = {
    "interest_rate_spike": (2.5, -0.05, -0.05, 0.02),
    "market_crash": (0.5, -0.25, -0.15, 0.05),
    "default_wave": (1.0, -0.10, -0.35, 0.08),
}


def number(value: Any) -> float | None:
    """A number that is 0 or from 1e-100 to 1e100; None for what is absent or refused."""
    if value is None or isinstance(value, bool | dict | list):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if found == 0 or 1e-100 <= found <= 1e100 else None


def first_present(mapping: dict[str, Any], names: str) -> Any:
    for name in names.split("|"):
        value = mapping.get(name)
        if value is not None and not (isinstance(value, str) and not value.strip()):
            return value
    return None


def asset_figure(financial: dict[str, Any], top: dict[str, Any]) -> float:
    for value in (financial.get("assets"), financial.get("asset_value"), top.get("assets")):
        if isinstance(value, dict):
            value = first_present(value, "total|value|amount|estimated_value")
        if value is not None:
            return number(value) or 0.0
    return 0.0


def exposure(payload: dict[str, Any]) -> dict[str, float]:
    financial = payload.get("financial", {})
    debt = financial.get("debt", {})
    kept = []
    for instrument in debt.get("instruments") or []:
        principal = number(first_present(instrument, "principal|outstanding|amount"))
        if principal is not None and principal > 0:
            rate = first_present(instrument, "interest_rate_pct|annual_interest_rate|rate_pct")
            own = first_present(instrument, "collateral_value|collateral|security_value")
            kept.append((principal, number(rate) or 0.0, number(own) or 0.0))
    if debt.get("instruments"):
        total = math.fsum(p for p, _, _ in kept)
        rate_pct = math.fsum(p * r for p, r, _ in kept) / total if total > 0 else 0.0
    else:
        total = number(first_present(debt, "total_outstanding|outstanding|principal")) or 0.0
        rate = first_present(debt, "interest_rate_pct|interest_rate|rate_pct")
        rate_pct = number(rate) or 0.0
    given = number(first_present(debt, "collateral_value|collateral|security_value"))
    collateral = math.fsum(c for _, _, c in kept) if given is None else given
    assets = asset_figure(financial, payload)
    distressed = payload.get("distressed_assets") or financial.get("distressed_assets") or []
    values = [number(first_present(entry, "value")) or 0.0 for entry in distressed]
    rates = [
        number(first_present(entry, "recovery_rate_pct|recovery_rate|recovery")) or 0.0
        for entry in distressed
    ]
    value = math.fsum(values)
    recovery = math.fsum(v * r / 100 for v, r in zip(values, rates, strict=True))
    return {
        "total_outstanding": total,
        "interest_rate_pct": rate_pct,
        "interest_payment": total * rate_pct / 100,
        "collateral_value": collateral,
        "collateral_shortfall": max(total - collateral, 0.0),
        "collateral_coverage_ratio": collateral / total if total > 0 else 0.0,
        "assets_value": assets,
        "leverage_ratio": total / assets if assets > 0 else 0.0,
        "distressed_asset_value": value,
        "distressed_asset_recovery": recovery,
        "distressed_asset_recovery_ratio": recovery / value if value > 0 else 0.0,
        "distressed_asset_count": len(distressed),
        "net_exposure_after_recovery": max(total - (collateral + recovery), 0.0),
    }


def stressed(base: dict[str, float], shock: tuple[float, float, float, float]) -> dict[str, float]:
    delta, market, degradation, default = shock
    total, collateral = base["total_outstanding"], base["collateral_value"]
    value, recovery = base["distressed_asset_value"], base["distressed_asset_recovery"]
    rate_pct = base["interest_rate_pct"] + delta
    kept = max(0.0, collateral * (1 + market))
    worth = max(0.0, value * (1 + market))
    recovered = max(0.0, recovery * (1 + degradation))
    buffer = max(0.0, total * default)
    net = max(0.0, total - (kept + recovered)) + buffer
    loss = max(0.0, net - base["net_exposure_after_recovery"])
    return {
        "interest_rate_pct": rate_pct,
        "interest_payment": total * rate_pct / 100,
        "collateral_value": kept,
        "collateral_loss": max(0.0, collateral - kept),
        "distressed_asset_value": worth,
        "distressed_asset_loss": max(0.0, value - worth),
        "distressed_asset_recovery": recovered,
        "default_risk_buffer": buffer,
        "net_exposure_after_recovery": net,
        "loss_estimate": loss,
        "impact_score": min(1.0, loss / max(1.0, total)),
    }


def segment_stressed(
    base: dict[str, float], shock: tuple[float, float, float, float, float]
) -> dict[str, float]:
    """A record under the shock of its segment, whose currency changes what it is worth."""
    *own, currency_change = shock
    local = stressed(base, (own[0], own[1], own[2], own[3]))
    worth = 1 + currency_change
    names = (
        "interest_payment",
        "collateral_value",
        "distressed_asset_value",
        "distressed_asset_recovery",
        "default_risk_buffer",
        "net_exposure_after_recovery",
    )
    figures = {name: worth * local[name] for name in names}
    net = figures["net_exposure_after_recovery"]
    return {
        **figures,
        "total_outstanding": worth * base["total_outstanding"],
        "loss_estimate": max(0.0, net - base["net_exposure_after_recovery"]),
    }


def segmented_book(
    bases: list[dict[str, float]], shocks: list[tuple[float, float, float, float, float]]
) -> dict[str, float]:
    """A book's figures under each record's shock: sums, and what follows from them."""
    parts = [segment_stressed(base, shock) for base, shock in zip(bases, shocks, strict=True)]
    sums = {name: math.fsum(part[name] for part in parts) for name in parts[0]}
    before = {name: math.fsum(base[name] for base in bases) for name in bases[0]}
    total = sums.pop("total_outstanding")
    return {
        **sums,
        "interest_rate_pct": 100 * sums["interest_payment"] / total if total > 0 else 0.0,
        "collateral_loss": max(0.0, before["collateral_value"] - sums["collateral_value"]),
        "distressed_asset_loss": max(
            0.0, before["distressed_asset_value"] - sums["distressed_asset_value"]
        ),
        "impact_score": min(1.0, sums["loss_estimate"] / max(1.0, before["total_outstanding"])),
    }


def debt_service_share(
    *,
    total: float,
    original: float,
    rate_pct: float,
    months: int,
    net_cash_flow: float,
    coverage_ratio: float,
) -> float:
    """A loan's yearly debt service over the property's, by what the coverage ratio means."""
    if months == 0:
        service = total * rate_pct / 100 * 365 / 360
    else:
        monthly = rate_pct / 1200
        annuity = math.fsum((1 + monthly) ** -month for month in range(1, months + 1))
        service = 12 * original / annuity
    return service / (net_cash_flow / coverage_ratio)


def scale(base: dict[str, float]) -> float:
    """What a difference of amounts is made of: its error is relative to this, not to the rest."""
    names = ("total_outstanding", "collateral_value", "distressed_asset_value")
    return sum(base[name] for name in (*names, "distressed_asset_recovery"))
