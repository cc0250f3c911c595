"""The risk weight function of the internal ratings-based approach."""

from typing import Literal

import msgspec

from seawall import native

AssetClass = Literal["corporate", "residential_mortgage", "qualifying_revolving", "other_retail"]


class IrbFigures(msgspec.Struct, frozen=True):
    """Fractions of the exposure at default."""

    asset_correlation: float
    capital_requirement: float  # K, for unexpected loss at 99.9 %
    risk_weight: float  # 12.5 · K


def irb_figures(
    default_probability: float,
    loss_given_default: float,
    *,
    asset_class: AssetClass,
    maturity_years: float = 2.5,
    turnover_eur_m: float | None = None,
) -> IrbFigures:
    """Return the capital requirement of an exposure that is not in default.

    K = LGD·(Φ((Φ⁻¹(PD) + √R·Φ⁻¹(0.999)) / √(1 − R)) − PD), of corporates times (1 + (M − 2.5)·b) /
    (1 − 1.5·b) with b = (0.11852 − 0.05478·ln PD)². Source: Basel Committee on Banking Supervision,
    "International Convergence of Capital Measurement and Capital Standards", June 2006, paragraphs
    272, 273 and 328 to 330; the same in CRE31 of the Basel Framework but for the scaling factor of
    1.06, which is not applied. Nor are the floors of PD and LGD.

    Parameters
    ----------
    default_probability : float
        Above 0 and below 1.
    loss_given_default : float
        From 0 to 1.
    asset_class : str
        ``corporate``, ``residential_mortgage``, ``qualifying_revolving`` or ``other_retail``.
    maturity_years : float
        Effective maturity M, from 1 to 5; of corporates alone.
    turnover_eur_m : float, optional
        Annual sales of a corporate in millions of euro, above 0: below 50 it is a small or
        medium-sized entity, below 5 it counts as 5. Without, its size changes nothing.

    Returns
    -------
    IrbFigures
        R, K and the risk weight.

    Raises
    ------
    InvalidInput
        On values out of their ranges.
    """
    return IrbFigures(
        **native.irb_figures(
            default_probability,
            loss_given_default,
            asset_class=asset_class,
            maturity_years=maturity_years,
            turnover_eur_m=turnover_eur_m,
        )
    )
