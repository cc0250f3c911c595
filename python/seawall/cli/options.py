"""Options that several commands share, and the session they open."""

import getpass
import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import msgspec
import typer

from seawall.errors import InvalidInput, NotFound
from seawall.session import Session
from seawall.settings import Settings, load_settings
from seawall.store import Store as LedgerStore
from seawall.store import open_store, shown_place

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="SQLite file of the ledger, or postgresql://….",
        show_default="seawall.db",
    ),
]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Whose data.", show_default="default")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for machines.")]
Threads = Annotated[
    int | None,
    typer.Option("--threads", help="Threads; 0 for all cores.", show_default="0"),
]

# Of every question that is asked of a book:
ParametersFile = Annotated[Path | None, typer.Option(help="Parameters as a JSON or TOML file.")]
Currency = Annotated[
    str | None, typer.Option(help="The book's currency, where its records are in several.")
]
Rates = Annotated[
    str | None, typer.Option(help="Dataset version of dated rates to convert with, dv_….")
]
RatesDate = Annotated[
    str | None, typer.Option(help="Day of the rates; the last on or before it are used.")
]
StartedAt = Annotated[
    str | None, typer.Option(help="When it was asked (ISO 8601 with zone).", show_default="now")
]


def open_session(
    store: str | None, tenant: str | None, threads: int | None = None, *, new: bool = False
) -> Session:
    """Open the session that flags, environment, seawall.toml and defaults name.

    Raises
    ------
    NotFound
        Unless ``new``, when the ledger is not there: a question must not leave an empty one behind.
    """
    settings = _settings(store, tenant, threads, new=new)
    return Session(settings.store, tenant=settings.tenant, actor=_user(), threads=settings.threads)


class OpenLedger(NamedTuple):
    """The rows themselves, for commands about the ledger and not about a book."""

    store: LedgerStore
    tenant: str
    actor: str
    now: str  # ISO 8601, in UTC with microseconds
    place: str  # a path, or a database's URL


@contextmanager
def open_ledger(
    store: str | None, tenant: str | None, *, new: bool = False
) -> Iterator[OpenLedger]:
    """Open the ledger that flags, environment, seawall.toml and defaults name.

    Raises
    ------
    NotFound
        Unless ``new``, when it is not there.
    """
    settings = _settings(store, tenant, None, new=new)
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    with open_store(settings.store, opened_at=now) as opened:
        yield OpenLedger(opened, settings.tenant, _user(), now, settings.store)


def _settings(store: str | None, tenant: str | None, threads: int | None, *, new: bool) -> Settings:
    settings = load_settings(
        {"store": store, "tenant": tenant, "threads": threads},
        environment=os.environ,
        folder=Path.cwd(),
    )
    path = settings.store.removeprefix("sqlite:///")
    if not new and "://" not in path and not Path(path).is_file():
        raise NotFound(
            "there is no ledger yet; seawall ingest makes one", where=shown_place(settings.store)
        )
    return settings


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return f"uid {os.getuid()}"


def with_options(
    kind: type[msgspec.Struct],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Let a command take the options of a Struct where it has a parameter ``asked``."""
    hints = get_type_hints(kind, include_extras=True)
    options = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hints[name]
        )
        for name in kind.__struct_fields__
    ]

    def taking(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        parameters: list[inspect.Parameter] = []
        for own in signature.parameters.values():
            if own.name == "asked":
                parameters += options
            else:
                parameters.append(own.replace(kind=inspect.Parameter.KEYWORD_ONLY))

        @wraps(command)
        def taking_options(**given: Any) -> None:
            asked = kind(*(given.pop(option.name) for option in options))
            command(asked=asked, **given)

        taking_options.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=parameters
        )
        return taking_options

    return taking


def read_parameters(file: Path | None, assignments: list[str]) -> dict[str, Any]:
    """Bring together ``--parameters FILE`` (JSON or TOML) and ``--set path=value``.

    Raises
    ------
    NotFound, InvalidInput
        With the file, or the assignment.
    """
    parameters: dict[str, Any] = {}
    if file is not None:
        if not file.is_file():
            raise NotFound("there is no such file", where=str(file))
        decode = msgspec.toml.decode if file.suffix == ".toml" else msgspec.json.decode
        try:
            parameters = decode(file.read_bytes(), type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidInput(str(error), where=str(file)) from error
    for assignment in assignments:
        _assign(parameters, assignment)
    return parameters


def _assign(parameters: dict[str, Any], assignment: str) -> None:
    path, equals, text = assignment.partition("=")
    if not equals or not path:
        raise InvalidInput("write it as path=value", where=f"--set {assignment}")
    try:
        value: Any = msgspec.json.decode(text)
    except msgspec.DecodeError:
        value = text  # a bare word is a text
    *parents, last = path.replace("[", ".").replace("]", "").split(".")
    place: Any = parameters
    for depth, key in enumerate(parents):
        following = (*parents, last)[depth + 1]
        place = _step(place, key, [] if following.isdigit() else {}, assignment)
    if isinstance(place, list):
        if not last.isdigit() or int(last) > len(place):
            raise InvalidInput("the list has no such place", where=f"--set {assignment}")
        place[int(last) :] = [value, *place[int(last) + 1 :]]
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise InvalidInput("the path goes through a value", where=f"--set {assignment}")


def _step(place: Any, key: str, empty: Any, assignment: str) -> Any:
    if isinstance(place, list):
        if not key.isdigit() or int(key) > len(place):
            raise InvalidInput("the list has no such place", where=f"--set {assignment}")
        if int(key) == len(place):
            place.append(empty)
        return place[int(key)]
    if not isinstance(place, dict):
        raise InvalidInput("the path goes through a value", where=f"--set {assignment}")
    return place.setdefault(key, empty)
