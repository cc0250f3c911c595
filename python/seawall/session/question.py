"""What a run is asked: an engine, a dataset, parameters and a time, checked and named."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from seawall.canonical import canonical_json
from seawall.engine import EngineDeclaration
from seawall.errors import InvalidInput
from seawall.refused_value import refused_value
from seawall.session import identity
from seawall.store.types import DatasetVersion


class Question(msgspec.Struct, frozen=True):
    """Everything that an answer depends on, and when it was asked for."""

    declaration: EngineDeclaration[Any, Any]
    dataset: DatasetVersion
    parameters: Any  # of the engine's parameter type
    asked: bytes  # the parameters' canonical JSON
    started_at: str
    run_id: str


def ask(
    declaration: EngineDeclaration[Any, Any],
    dataset: DatasetVersion,
    parameters: Mapping[str, Any] | msgspec.Struct | None,
    started_at: datetime | str,
) -> Question:
    """Check a question and give it its identifier; raises InvalidInput with the place."""
    decoded, asked = _decode(declaration, parameters)
    started = iso_time(started_at)
    run_id = identity.run_id(
        dataset.tenant,
        dataset_version_id=dataset.dataset_version_id,
        engine=declaration.name,
        engine_version=declaration.version,
        parameters=asked,
        started_at=started,
    )
    return Question(declaration, dataset, decoded, asked, started, run_id)


def plain_parameters(parameters: Mapping[str, Any] | msgspec.Struct | None) -> dict[str, Any]:
    """Return parameters as a dictionary; raises InvalidInput when they are no object."""
    plain = {} if parameters is None else msgspec.to_builtins(parameters)
    if not isinstance(plain, dict):
        raise InvalidInput("must be an object", where="parameters")
    return plain


def _decode(
    declaration: EngineDeclaration[Any, Any], parameters: Mapping[str, Any] | msgspec.Struct | None
) -> tuple[Any, bytes]:
    try:
        decoded = msgspec.convert(plain_parameters(parameters), declaration.parameters)
        return decoded, canonical_json(decoded)
    except InvalidInput as error:
        where = ".".join(filter(None, ("parameters", error.where.removeprefix("parameters"))))
        raise InvalidInput(error.message, where=where) from error
    except msgspec.ValidationError as error:
        message, place = refused_value(error, declaration.parameters)
        raise InvalidInput(message, where="parameters" + place) from error


def iso_time(time: datetime | str) -> str:
    """Write a time in UTC with microseconds; raises InvalidInput (``started_at_invalid``)."""
    return _iso_text(time) if isinstance(time, str) else _in_utc(time)


@lru_cache(1_024)  # a time is asked for more than once: on the wire, and in the question
def _iso_text(text: str) -> str:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_time(f'"{text}" is no ISO 8601 time') from error
    return _in_utc(time)


def _in_utc(time: datetime) -> str:
    if time.tzinfo is None:
        raise _no_time("a time needs its zone")
    try:
        return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except OverflowError as error:
        raise _no_time("lies beyond the calendar in UTC") from error


def _no_time(message: str) -> InvalidInput:
    return InvalidInput(message, where="started_at", code="started_at_invalid")
