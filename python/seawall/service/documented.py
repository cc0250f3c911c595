"""What a route says of itself: who may call it, what it takes and what it answers."""

from typing import Any

import msgspec

from seawall.service.admission import Weight

_JSON = "application/json"

PACKS_ITSELF = "packs_itself"
"""The option of a route that makes the gzip form of its answers itself."""


class Described(msgspec.Struct, frozen=True):
    """One operation as the OpenAPI document states it. Types are what msgspec makes schemas of."""

    summary: str
    answer: Any  # the type of the body of a success; a tuple of types: one of them
    status: int = 200
    body: Any = None  # the type of a JSON body; None: there is none
    may_be_empty: bool = False  # whether the body may be left out
    files: tuple[str, ...] = ()  # media types of a body that is a file
    query: type[msgspec.Struct] | None = None
    refusals: tuple[int, ...] = ()  # statuses beside those that any route may answer
    also: tuple[int, ...] = ()  # statuses that have the body of a success too
    media_types: tuple[str, ...] = (_JSON,)  # of the answer: one of them


def described(
    summary: str,
    *,
    answer: Any,
    role: str = "",
    operator: bool = False,
    credential: str = "",
    public: bool = False,
    weight: Weight = "light",
    status: int = 200,
    body: Any = None,
    may_be_empty: bool = False,
    files: tuple[str, ...] = (),
    query: type[msgspec.Struct] | None = None,
    refusals: tuple[int, ...] = (),
    also: tuple[int, ...] = (),
    media_types: tuple[str, ...] = (_JSON,),
    packs_itself: bool = False,
) -> dict[str, Any]:
    """Return a route's options.

    ``weight`` is what one of its requests costs (see `admission`).

    Of ``role``, ``credential`` and ``public`` one is stated (see `access.roles`); a route that
    states none is shut.
    """
    said = Described(
        summary=summary,
        answer=answer,
        status=status,
        body=body,
        may_be_empty=may_be_empty,
        files=files,
        query=query,
        refusals=refusals,
        also=also,
        media_types=media_types,
    )
    stated = {
        "role": role,
        "operator": operator,
        "credential": credential,
        "public": public,
        PACKS_ITSELF: packs_itself,
    }
    kept = {name: value for name, value in stated.items() if value}
    return {**kept, "weight": weight, "described": said}
