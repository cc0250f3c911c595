"""What changing the terms of one position does to a book: the same run again, and differences."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET

from seawall.engines.debt.horizon_positions import Position
from seawall.engines.debt.horizon_results import (
    CaseResult,
    WhatIfCase,
    WhatIfFigures,
    WhatIfResult,
)
from seawall.engines.debt.horizon_settings import native_limits
from seawall.engines.debt.horizon_types import AmendAndExtend, Equitise
from seawall.errors import InvalidInput

Amendment = tuple[int, int, float, float, float, dict[str, float]]
"""As the core takes it: row of the position, months, changes of rate and spread, part that becomes
equity, limits as plain ratios."""

_PLACE = "amendments[0]."
_NAMED_OTHERWISE = {"equitised_fraction": "fraction"}


def what_if_result(
    entry: AmendAndExtend | Equitise,
    position: Position,
    before: Sequence[CaseResult],
    run_again: Callable[[Sequence[Amendment]], Sequence[CaseResult]],
    *,
    where: str,
) -> WhatIfResult:
    """Run the cases again with an amendment, and compare.

    Raises
    ------
    InvalidInput
        For a change that has no meaning for the position, with its place.
    """
    try:
        after = run_again([_amendment(entry, position)])
    except InvalidInput as error:
        if not error.where.startswith(_PLACE):
            raise
        field = error.where.removeprefix(_PLACE)
        place = f"{where}.{_NAMED_OTHERWISE.get(field, field)}"
        raise InvalidInput(error.message, where=place) from error
    return WhatIfResult(
        what_if_id=entry.what_if_id.strip(),
        kind="equitise" if isinstance(entry, Equitise) else "amend_and_extend",
        record=position.record,
        source_record_id=position.source_record_id,
        element=position.element,
        obligor_id=position.obligor_id,
        cases=[_compared(old, new) for old, new in zip(before, after, strict=True)],
    )


def _amendment(entry: AmendAndExtend | Equitise, position: Position) -> Amendment:
    if isinstance(entry, Equitise):
        return (position.row, 0, 0.0, 0.0, entry.fraction, {})
    limits = {
        name: limit for name, limit in native_limits("", entry.limits).items() if limit is not None
    }
    return (
        position.row,
        entry.extension_months,
        entry.rate_change_pct,
        entry.spread_change_pct,
        0.0,
        limits,
    )


def _compared(before: CaseResult, after: CaseResult) -> WhatIfCase:
    old, new = _figures(before), _figures(after)
    difference: dict[str, Any] = {}
    for name in WhatIfFigures.__struct_fields__:
        pair = (getattr(old, name), getattr(new, name))
        difference[name] = None if None in pair else pair[1] - pair[0]
    return WhatIfCase(
        case_id=before.case_id,
        before=old,
        after=new,
        difference=WhatIfFigures(**difference),
    )


def _figures(case: CaseResult) -> WhatIfFigures:
    last = case.steps[-1]
    (settled,) = [w for w in case.waterfall if w.basis == "liquidation" and not w.is_hypothetical]
    bought = case.purchase
    return WhatIfFigures(
        interest_due=math.fsum(step.interest_due for step in case.steps),
        principal_due=math.fsum(step.principal_due for step in case.steps),
        maturity_due=math.fsum(step.maturity_due for step in case.steps),
        operating_shortfall=math.fsum(step.operating_shortfall for step in case.steps),
        debt_service_shortfall=math.fsum(step.debt_service_shortfall for step in case.steps),
        refinancing_shortfall=math.fsum(step.refinancing_shortfall for step in case.steps),
        debt=last.debt,
        obligors_in_default=last.obligors_in_default,
        debt_in_default=last.debt_in_default,
        breach_count=sum(covenant.breach_count for covenant in case.covenants),
        refinancing_gap=math.fsum(quarter.gap for quarter in case.wall),
        claims=settled.claims,
        paid_to_creditors=settled.paid_to_creditors,
        received=None if bought is UNSET else bought.received,
        terminal_value=None if bought is UNSET else bought.terminal_value,
        xirr_pct=None if bought is UNSET else bought.xirr_pct,
        moic=None if bought is UNSET else bought.moic,
    )
