"""What the default of an obligor costs, position by position, as the core takes it."""

import math
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET

from seawall import native
from seawall.engines.debt.simulation.decimal_amounts import Minor, Numbers, minor_amounts
from seawall.engines.debt.simulation.position_terms import PositionTerms
from seawall.engines.debt.simulation.rate_paths import RatePaths, rate_paths
from seawall.engines.debt.simulation.types import SimulationParameters


class LossModel(msgspec.Struct, frozen=True):
    """How losses vary by scenario and by quarter."""

    model: str  # fixed, parametric or waterfall
    own_variance: float
    quarter_count: int  # 0: one period
    discount_factors: list[float]  # at the end of each quarter; one of 1 over one period
    rates: RatePaths

    def obligor_columns(self, default_probability: Numbers) -> dict[str, Any]:
        """Columns of obligors beside slot, probability and weights."""
        if self.quarter_count == 0:
            return {}
        found = native.quarterly_default_probabilities(
            default_probability.tolist(), quarter_count=self.quarter_count
        )
        rows = np.frombuffer(found, np.float64).reshape(-1, self.quarter_count)
        return {"cumulative_default_probability": rows}

    def position_columns(self, positions: PositionTerms, minor_digits: int) -> dict[str, Any]:
        """Columns of positions beside the obligor; amounts are rounded half to even once.

        They are int64 of shape (position_count,), by quarter (position_count, quarter_count).
        """
        if self.model == "waterfall":  # claims are nominal: what is left open is discounted
            minor = minor_amounts(positions.exposure, minor_digits)
            if self.quarter_count == 0:
                return {"exposure_minor": minor}
            return {"exposure_minor": np.repeat(minor[:, np.newaxis], self.quarter_count, axis=1)}
        if self.model == "fixed":
            lost = self._by_quarter(positions.open_exposure, positions, minor_digits)
            return {"loss_minor": lost}
        return {
            "exposure_minor": self._by_quarter(positions.exposure, positions, minor_digits),
            "loss_given_default": positions.loss_given_default,
            "dispersion": np.full(len(positions.exposure), self.own_variance),
        }

    def expected_loss_minor(
        self, default_probability: Numbers, columns: dict[str, Any]
    ) -> float | None:
        """Return what the book is expected to lose, exactly; None: there is no closed form.

        ``default_probability`` is of each position's obligor.
        """
        if self.model == "waterfall":
            return None
        if self.model == "parametric":
            if not self.is_flat:
                return None  # the mean is exact over the whole period alone
            exposure = columns["exposure_minor"].reshape(len(default_probability), -1)[:, 0]
            return math.fsum(default_probability * columns["loss_given_default"] * exposure)
        lost = columns["loss_minor"].reshape(len(default_probability), -1)
        if self.quarter_count == 0:
            return math.fsum(default_probability * lost[:, 0])
        reached = self.obligor_columns(default_probability)["cumulative_default_probability"]
        return math.fsum((np.diff(reached, axis=1, prepend=0.0) * lost).ravel())

    @property
    def is_flat(self) -> bool:
        """Whether a default costs the same in all quarters."""
        return len(set(self.discount_factors)) == 1 and not self.rates.currencies

    @property
    def discount_factors_of_claims(self) -> list[float]:
        """What is open of a claim is worth today, by quarter; none where losses have it in them."""
        return self.discount_factors if self.model == "waterfall" and self.quarter_count else []

    def most_lost_minor(self, columns: dict[str, Any]) -> Minor:
        """Return what positions lose at most, of shape (position_count, quarter_count)."""
        found = columns["loss_minor" if "loss_minor" in columns else "exposure_minor"]
        by_quarter = found.reshape(len(found), -1)
        if not self.discount_factors_of_claims:
            return by_quarter
        worth = [
            minor_amounts(claims.astype(np.float64), 0, factor=factor)
            for claims, factor in zip(by_quarter.T, self.discount_factors, strict=True)
        ]
        return np.stack(worth, axis=1)

    def _by_quarter(self, amounts: Numbers, positions: PositionTerms, minor_digits: int) -> Minor:
        """What is lost of amounts, or all of them where the model says how much."""
        percentages = positions.lost_pct if self.model == "fixed" else None
        kept: dict[tuple[float, ...], Minor] = {}
        for quarter, factor in enumerate(self.discount_factors):
            key = (factor, *self.rates.of_quarter(quarter))
            if key in kept:
                continue
            converted = self.rates.converted(amounts, positions.currency, quarter)
            kept[key] = minor_amounts(
                converted, minor_digits, percentages=percentages, factor=factor
            )
        columns = [
            kept[factor, *self.rates.of_quarter(quarter)]
            for quarter, factor in enumerate(self.discount_factors)
        ]
        return columns[0] if self.quarter_count == 0 else np.stack(columns, axis=1)


def loss_model(parameters: SimulationParameters) -> LossModel:
    """Read the model from what was asked; raises InvalidInput for a rate out of range."""
    terms = parameters.loss_given_default
    count, factors, rates = 0, [1.0], RatePaths()
    if parameters.quarters is not UNSET:
        count = parameters.quarters.count
        rate = parameters.quarters.discount_rate_pct / 100
        factors = native.quarterly_discount_factors(rate, quarter_count=count)
        rates = rate_paths(parameters.quarters, terms.model)
    return LossModel(
        model=terms.model,
        own_variance=terms.own_variance,
        quarter_count=count,
        discount_factors=factors,
        rates=rates,
    )
