"""A finding as it is answered: by a run, in a list, by itself."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType


class FinancialImpact(msgspec.Struct, frozen=True):
    """An amount of money."""

    amount: Annotated[float, Meta(description="The finding's value.")]
    currency: Annotated[str, Meta(description="ISO 4217 code.")]


class StatedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding says; what is not of every finding is absent of the others."""

    schema: Annotated[str, Meta(description="The form of the document: seawall.finding/1.")]
    engine: Annotated[str, Meta(description="The engine that found it, by its name.")]
    engine_version: Annotated[str, Meta(description="The version of the engine that found it.")]
    dataset_version_id: Annotated[str, Meta(description="What it was found in.")]
    title: Annotated[str, Meta(description="Its category and subject: stress:market_crash.")]
    category: Annotated[str, Meta(description="The kind of finding, such as stress_test.")]
    metric: Annotated[str, Meta(description="The figure that the value is.")]
    description: Annotated[str, Meta(description="A sentence for readers.")]
    value: Annotated[float, Meta(description="In the book's currency.")]
    threshold: Annotated[float, Meta(description="Material from this value on.")]
    is_material: Annotated[bool, Meta(description="Whether the value reaches the threshold.")]
    materiality: Annotated[str, Meta(description="material or not_material.")]
    financial_impact: Annotated[FinancialImpact, Meta(description="The value with its currency.")]
    financial_impact_eur: Annotated[
        float | UnsetType, Meta(description="The amount, of a book in EUR.")
    ] = UNSET
    impact_score: Annotated[float, Meta(description="A fraction of the book, at most 1.")]
    confidence: Annotated[float, Meta(description="A fraction: 1 of a figure that is no estimate.")]
    raw_record_hint: Annotated[
        int | None,
        Meta(description="The record that contributes most, counted from 0; null: none does."),
    ]
    evidence_id: Annotated[str, Meta(description="What it rests on.")]
    scenario_id: Annotated[
        str | UnsetType, Meta(description="Of a scenario or a supervisory path.")
    ] = UNSET
    quarter: Annotated[
        str | UnsetType, Meta(description="Of a supervisory path: that of the largest loss.")
    ] = UNSET
    case_id: Annotated[str | UnsetType, Meta(description="Of a case of a horizon.")] = UNSET
    not_tested: Annotated[
        float | UnsetType,
        Meta(description="Of a horizon: what is owed by those that the value cannot tell of."),
    ] = UNSET
    total_gap: Annotated[
        float | UnsetType, Meta(description="Of refinancing: the gap of the book's whole life.")
    ] = UNSET
    by: Annotated[str | UnsetType, Meta(description="Of a limit of concentration: what of.")] = (
        UNSET
    )
    limit_pct: Annotated[
        float | UnsetType, Meta(description="The limit of one part, in percent of the book.")
    ] = UNSET
    above_limit_count: Annotated[
        int | UnsetType, Meta(description="How many parts are above the limit.")
    ] = UNSET
    above_limit: Annotated[
        list[str] | UnsetType, Meta(description="The names of the largest of them.")
    ] = UNSET
    standard_error: Annotated[
        float | UnsetType, Meta(description="Of a value that is simulated.")
    ] = UNSET


class FindingAnswer(StatedFinding, frozen=True, kw_only=True):
    """A finding under its identifier; what is not of every finding is absent of the others."""

    id: Annotated[str, Meta(description="The finding's identifier.")]
