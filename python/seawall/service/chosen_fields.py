"""Types of answers of which the query's ``fields`` may choose members, and which those are."""

from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType


class _Chosen(msgspec.Struct, frozen=True):
    """Of the types that are made here."""


@cache
def choices(answer: Any) -> frozenset[str] | None:
    """Return the members that ``fields`` may choose of an answer as its route states it.

    Of several types it is any member of any; None: the types do not tell, as of a table's rows.
    """
    kinds: tuple[Any, ...] = answer if isinstance(answer, tuple) else (answer,)
    items: list[Any] = [getattr(kind, "item_type", kind) for kind in kinds]
    named = [one.__struct_fields__ for one in items if issubclass(one, _Chosen)]
    return frozenset().union(*named) if named else None


@cache
def chosen(kind: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Return the type of what is answered where ``fields`` may leave members of a type away."""
    return msgspec.defstruct(
        f"{kind.__name__}Fields",
        [(field.name, field.type | UnsetType, UNSET) for field in msgspec.structs.fields(kind)],
        bases=(_Chosen,),
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
            "Under filters it may have fewer items than its limit, or none, and still go on.",
            "item_type": chosen(kind),
        },
        module=__name__,
    )
