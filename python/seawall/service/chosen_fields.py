"""Types of answers of which the query's ``fields`` may choose members: for the document alone."""

from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType


@cache
def chosen(kind: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return the type of what is answered where ``fields`` may leave members of a type away."""
    return msgspec.defstruct(
        f"{kind.__name__}Fields",
        [(field.name, field.type | UnsetType, UNSET) for field in msgspec.structs.fields(kind)],
        frozen=True,
        namespace={"__doc__": f"{kind.__doc__}\n\nWith `fields`, only those members; else all."},
        module=__name__,
    )


@cache
def page_of(kind: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return the type of a page (see `pages.Page`) whose items are of a type."""
    items: Any = list[chosen(kind)]  # type: ignore[misc]
    return msgspec.defstruct(
        f"{kind.__name__}Page",
        [
            ("items", Annotated[items, Meta(description="At most as many as the limit.")]),
            (
                "continuation",
                Annotated[
                    str | None, Meta(description="Asks for the next page; null: this is the last.")
                ],
            ),
        ],
        frozen=True,
        namespace={
            "__doc__": "A page of a list.\n\n"
            "Under filters it may have fewer items than its limit, or none, and still go on."
        },
        module=__name__,
    )
