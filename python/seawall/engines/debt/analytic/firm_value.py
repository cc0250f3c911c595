"""Firms whose equity is a call on their assets."""

import msgspec

from seawall import native


class MertonFigures(msgspec.Struct, frozen=True):
    """Risk-neutral figures of a firm at the horizon of its debt."""

    default_probability: float  # Φ(−d₂)
    distance_to_default: float  # d₂
    equity_value: float
    debt_value: float
    expected_loss: float  # as a fraction of the debt's risk-free value
    recovery: float | None  # 1 − expected loss / default probability; None where that is 0
    yield_spread: float  # a year, compounded continuously


class MertonAssets(msgspec.Struct, frozen=True):
    """What a firm's equity implies of its assets."""

    asset_value: float
    asset_volatility: float  # a year


def merton_figures(
    asset_value: float,
    *,
    asset_volatility: float,
    debt: float,
    risk_free_rate: float,
    years: float,
) -> MertonFigures:
    """Value a firm's equity and debt.

    Equity is V·Φ(d₁) − D·e^(−rT)·Φ(d₂) with d₁ = (ln(V/D) + (r + σ²/2)·T) / (σ√T) and
    d₂ = d₁ − σ√T.
    Source: R. C. Merton, "On the Pricing of Corporate Debt", Journal of Finance 29, 1974.

    Parameters
    ----------
    asset_value : float
        V, above 0.
    asset_volatility : float
        σ a year, above 0.
    debt : float
        D, due at the horizon, above 0.
    risk_free_rate : float
        r a year, a fraction compounded continuously.
    years : float
        T to the horizon, above 0.

    Returns
    -------
    MertonFigures
        Values in the unit of `asset_value`.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return MertonFigures(
        **native.merton_figures(asset_value, asset_volatility, debt, risk_free_rate, years)
    )


def merton_assets(
    equity_value: float,
    *,
    equity_volatility: float,
    debt: float,
    risk_free_rate: float,
    years: float,
) -> MertonAssets:
    """Find the assets whose equity has this value and this volatility.

    E of `merton_figures`, and σ_E·E = Φ(d₁)·σ·V. Source: J. C. Hull, "Options, Futures, and Other
    Derivatives", chapter "Credit Risk".

    Parameters
    ----------
    equity_value : float
        E, above 0.
    equity_volatility : float
        σ_E a year, above 0.
    debt, risk_free_rate, years : float
        As `merton_figures` has them.

    Returns
    -------
    MertonAssets
        In the unit of `equity_value`.

    Raises
    ------
    InvalidInput
        On values out of their ranges, and where no firm's equity has them.
    """
    value, volatility = native.merton_assets(
        equity_value, equity_volatility, debt, risk_free_rate, years
    )
    return MertonAssets(asset_value=value, asset_volatility=volatility)
