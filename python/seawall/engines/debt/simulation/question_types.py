"""What can be asked of a simulation on top: changes of loans, bumps of inputs, losses to reach."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

Percent = Annotated[float, Meta(ge=0, le=100)]
Amount = Annotated[float, Meta(ge=0, le=1e15)]
Element = Annotated[int, Meta(ge=0, le=2**31 - 1)]
SeniorityName = Literal["super_senior", "senior", "subordinated", "junior"]


class RemoveLoan(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="remove"
):
    """A position, or all positions of a record, that are gone.

    In a waterfall they are paid off: what secured them is still their obligor's.
    """

    source_record_id: Annotated[str, Meta(description="The record's own identifier.")]
    element: Annotated[Element | UnsetType, Meta(description="One instrument of the record.")] = (
        UNSET
    )


class ChangeLoan(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="change"
):
    """Positions with other terms; a default probability is the whole obligor's.

    In a waterfall a loss given default is no term, but what the collateral is worth that secures
    the positions, and whoever else it secures.
    """

    source_record_id: Annotated[str, Meta(description="The record's own identifier.")]
    element: Annotated[
        Element | UnsetType,
        Meta(description="One instrument of the record, counted from 0; absent: all of it."),
    ] = UNSET
    exposure: Annotated[Amount | UnsetType, Meta(description="In the book's currency.")] = UNSET
    loss_given_default_pct: Annotated[
        Percent | UnsetType, Meta(description="In percent of the exposure; not in a waterfall.")
    ] = UNSET
    probability_of_default_pct: Annotated[
        Percent | UnsetType, Meta(description="Over the horizon, in percent.")
    ] = UNSET
    collateral_value: Annotated[Amount | UnsetType, Meta(description="In a waterfall.")] = UNSET


class AddLoan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="add"):
    """A further position, of an obligor that is there or of a new one."""

    obligor_id: Annotated[str, Meta(description="Who owes it: one of the book, or a new one.")]
    exposure: Annotated[Amount, Meta(description="In the book's currency.")]
    loss_given_default_pct: Annotated[
        Percent | UnsetType, Meta(description="Needed but for a waterfall.")
    ] = UNSET
    probability_of_default_pct: Annotated[
        Percent | UnsetType, Meta(description="Needed for a new obligor.")
    ] = UNSET
    group: Annotated[
        str | UnsetType,
        Meta(description="Whose factor moves it; needed for a new one of several groups."),
    ] = UNSET
    asset_correlation: Annotated[
        Annotated[float, Meta(ge=0, lt=1)] | UnsetType,
        Meta(description="R², a fraction; needed for a new obligor."),
    ] = UNSET
    # In a waterfall:
    collateral_value: Annotated[
        Amount | UnsetType, Meta(description="Of its own, a first lien; absent: unsecured.")
    ] = UNSET
    seniority: Annotated[SeniorityName | UnsetType, Meta(description="Absent: senior.")] = UNSET


Change = RemoveLoan | ChangeLoan | AddLoan


class WhatIfEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Changes that are made together."""

    what_if_id: Annotated[str, Meta(description="What the answer is named by.")]
    changes: Annotated[
        Annotated[list[Change], Meta(min_length=1, max_length=10_000)],
        Meta(description="Of loans, in their order."),
    ]


class Bump(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure of the whole book times 1 + ``change``.

    ``collateral_value`` moves the losses given default that come from collateral; ``currency`` the
    exposures of records in it; ``asset_correlation`` R², with the default probabilities as they
    are.
    """

    figure: Annotated[
        Literal[
            "default_probability",
            "loss_given_default",
            "collateral_value",
            "asset_correlation",
            "currency",
        ],
        Meta(description="What is changed."),
    ]
    change: Annotated[
        Annotated[float, Meta(ge=-1, le=100)], Meta(description="A fraction: 0.1 is a tenth more.")
    ]
    currency: Annotated[
        str | UnsetType, Meta(description="Which one, of a change of currency.")
    ] = UNSET
