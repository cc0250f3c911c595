"""The arguments of a question, brought together with its parameters."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from seawall.errors import InvalidInput
from seawall.session.question import plain_parameters


def stress_parameters(
    parameters: Mapping[str, Any] | msgspec.Struct | None,
    *,
    scenarios: Sequence[Any],
    supervisory: Sequence[Any],
    currency: str | None,
    rates: str | None,
    rates_as_of: date | str | None,
    horizon: Mapping[str, Any] | msgspec.Struct | None,
    months: int | None,
    presets: Sequence[str],
    as_of: date | str | None,
) -> dict[str, Any]:
    """Lay the arguments over the parameters: lists grow, single values replace.

    Parameters
    ----------
    rates : str, optional
        A dataset version.

    Raises
    ------
    InvalidInput
        With the place of what cannot be merged.
    """
    merged = plain_parameters(parameters)
    for name, entries in (
        ("stress_scenarios", scenarios),
        ("supervisory_scenarios", supervisory),
    ):
        _extend(merged, name, entries, where=f"parameters.{name}")
    _choose_book(merged, currency, rates, rates_as_of)
    followed = _object(merged, "horizon")
    followed.update({} if horizon is None else _plain(horizon))
    if months is not None:
        followed["months"] = months
    if as_of is not None:
        followed["as_of"] = str(as_of)
    _extend(followed, "presets", presets, where="parameters.horizon.presets")
    if followed or horizon is not None:
        merged["horizon"] = followed
    return merged


def simulation_parameters(
    parameters: Mapping[str, Any] | msgspec.Struct | None,
    *,
    scenarios: int | None,
    seed: int | None,
    levels: Sequence[float],
    factors: str | Mapping[str, Any] | msgspec.Struct | None,
    currency: str | None,
    rates: str | None,
    rates_as_of: date | str | None,
) -> dict[str, Any]:
    """Lay the arguments over the parameters; each that is given replaces what they say.

    Parameters
    ----------
    factors : str, mapping or Struct, optional
        A text says what obligors are grouped by.
    rates : str, optional
        A dataset version.

    Raises
    ------
    InvalidInput
        With the place of what cannot be merged.
    """
    merged = plain_parameters(parameters)
    if scenarios is not None:
        merged["scenario_count"] = scenarios
    if seed is not None:
        merged["seed"] = seed
    if levels:
        merged["confidence_levels"] = list(levels)
    if factors is not None:
        given = {"by": factors} if isinstance(factors, str) else _plain(factors)
        merged["factors"] = {**_object(merged, "factors"), **given}
    _choose_book(merged, currency, rates, rates_as_of)
    return merged


def _choose_book(
    merged: dict[str, Any],
    currency: str | None,
    rates: str | None,
    rates_as_of: date | str | None,
) -> None:
    if currency is not None:
        merged["currency"] = currency
    chosen = _object(merged, "currency_rates")
    if rates is not None:
        chosen["dataset_version_id"] = rates
    if rates_as_of is not None:
        chosen["as_of"] = str(rates_as_of)
    if chosen:
        if "dataset_version_id" not in chosen:
            raise InvalidInput("a day of rates needs the rates", where="rates")
        if "as_of" not in chosen:
            raise InvalidInput("say of which day the rates are", where="rates_as_of")
        merged["currency_rates"] = chosen


def _object(parameters: Mapping[str, Any], name: str) -> dict[str, Any]:
    held = parameters.get(name, {})
    if not isinstance(held, dict):
        raise InvalidInput("must be an object", where=f"parameters.{name}")
    return dict(held)


def _extend(place: dict[str, Any], name: str, entries: Sequence[Any], *, where: str) -> None:
    before = place.get(name, [])
    if not isinstance(before, list):
        raise InvalidInput("must be a list", where=where)
    if entries:
        place[name] = [*before, *map(_plain, entries)]


def _plain(entry: Any) -> Any:
    try:
        return msgspec.to_builtins(entry)
    except TypeError as error:
        raise InvalidInput(str(error), where="parameters") from error
