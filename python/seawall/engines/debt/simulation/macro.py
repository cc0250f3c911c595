"""Macroeconomic values that the factors of a simulation are conditioned on."""

import math
import re
from typing import Any

import msgspec
import numpy as np

from seawall import native
from seawall.engines.debt.simulation.decimal_amounts import Numbers
from seawall.engines.debt.simulation.factor_groups import FactorGroups
from seawall.engines.debt.simulation.parts import SimulationInputs
from seawall.engines.debt.simulation.position_losses import LossModel
from seawall.engines.debt.simulation.types import ConditionalFactor, MacroTerms
from seawall.errors import InvalidInput


def macro_columns(terms: MacroTerms, groups: FactorGroups) -> dict[str, Numbers]:
    """Return the columns that the core takes, after a check of names and shapes.

    Raises
    ------
    InvalidInput
        With the place, such as ``parameters.macro.factor_covariance.retail``.
    """
    count = len(terms.variables)
    if len(set(terms.variables)) < count:
        raise InvalidInput("has a name twice", where="parameters.macro.variables")
    _check_length(terms.values, count, "values")
    _check_length(terms.covariance, count, "covariance")
    for index, row in enumerate(terms.covariance):
        _check_length(row, count, f"covariance[{index}]")
    unlike = terms.factor_covariance.keys() ^ set(groups.names)
    if unlike:
        raise InvalidInput(
            f"must be of {', '.join(groups.names)}",
            where=f"parameters.macro.factor_covariance.{min(unlike)}",
        )
    for name, row in terms.factor_covariance.items():
        _check_length(row, count, f"factor_covariance.{name}")
    return {
        "value": np.array(terms.values, float),
        "covariance": np.array(terms.covariance, float),
        "factor_covariance": np.array(
            [terms.factor_covariance[name] for name in groups.names], float
        ),
    }


def _check_length(values: tuple[Any, ...], count: int, name: str) -> None:
    if len(values) != count:
        raise InvalidInput(
            f"must have {count} for {count} variables", where=f"parameters.macro.{name}"
        )


def placed(error: InvalidInput, groups: FactorGroups) -> InvalidInput:
    """Return what the core refused with its place among the parameters."""
    if not error.where.startswith("macro."):
        return error
    where = error.where.replace("macro.value", "macro.values")
    row = re.fullmatch(r"macro\.factor_covariance\[(\d+)\](.*)", where)
    if row is not None:
        where = f"macro.factor_covariance.{groups.names[int(row[1])]}{row[2]}"
    return InvalidInput(error.message, code=error.code, where=f"parameters.{where}")


def conditional_factors(
    simulation: native.DefaultSimulation, groups: FactorGroups
) -> list[ConditionalFactor]:
    """Return what each factor is like, given the values."""
    law = native.conditional_factors(simulation)
    rows = np.array(law["root"]).reshape(len(groups.names), -1).tolist()
    return [
        ConditionalFactor(name, mean, math.sqrt(math.fsum(value * value for value in row)))
        for name, mean, row in zip(groups.names, law["mean"], rows, strict=True)
    ]


class ConditionalObligors(msgspec.Struct, frozen=True):
    """Obligors given the values, under the Gaussian copula."""

    default_probability: Numbers
    loading: Numbers  # on independent factors, of shape (obligor_count, factor_count)


def conditional_obligors(
    simulation: native.DefaultSimulation, default_probability: Numbers, factor_weight: Numbers
) -> ConditionalObligors:
    """Return E[p | x] = Φ((Φ⁻¹(PD) − a'm) / √(1 − a'Ca + a'C'a)), and the loadings L'ᵀa / √(…)."""
    columns: dict[str, Any] = {
        "default_probability": np.ascontiguousarray(default_probability),
        "factor_weight": np.ascontiguousarray(factor_weight),
    }
    found = native.conditional_obligors(simulation, columns)
    return ConditionalObligors(
        np.frombuffer(found["default_probability"]),
        np.frombuffer(found["loading"]).reshape(factor_weight.shape),
    )


def expected_loss_minor(
    simulation: native.DefaultSimulation, inputs: SimulationInputs, model: LossModel
) -> float | None:
    """Return what a book is expected to lose given the values; None: there is no closed form."""
    if model.model == "waterfall" or math.isfinite(inputs.degrees_of_freedom):
        return None
    obligors, positions = inputs.obligors, inputs.positions
    owed_by, weight = positions["obligor"], obligors["factor_weight"]
    if model.model == "parametric":
        if not model.is_flat:
            return None
        # The expected loss goes through the copula as the default probability does.
        share = obligors["default_probability"][owed_by] * positions["loss_given_default"]
        given = conditional_obligors(simulation, share, weight[owed_by])
        exposure = positions["exposure_minor"].reshape(len(owed_by), -1)[:, 0]
        return math.fsum(given.default_probability * exposure)
    probability = obligors["default_probability"][:, np.newaxis]
    reached = obligors.get("cumulative_default_probability", probability)
    by_quarter = [
        conditional_obligors(simulation, column, weight).default_probability for column in reached.T
    ]
    falls = np.diff(np.stack(by_quarter, axis=1), axis=1, prepend=0.0)
    lost = positions["loss_minor"].reshape(len(owed_by), -1)
    return math.fsum((falls[owed_by] * lost).ravel())
