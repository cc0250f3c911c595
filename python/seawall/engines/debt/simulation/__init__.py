"""Simulated defaults: the loss distribution of a book, its tail, and what can be asked of it."""

from seawall.engines.debt.simulation.answers import SimulationResult
from seawall.engines.debt.simulation.changes import WhatIf
from seawall.engines.debt.simulation.comparison import Comparison, compare
from seawall.engines.debt.simulation.contributions import GROUPINGS
from seawall.engines.debt.simulation.engine import DEBT_SIMULATION
from seawall.engines.debt.simulation.large_pool_limit import LargePoolLimit
from seawall.engines.debt.simulation.parts import (
    ScenarioRange,
    SimulationInputs,
    SimulationPart,
    merge_parts,
    simulate_part,
)
from seawall.engines.debt.simulation.quantile_shares import QuantileShares
from seawall.engines.debt.simulation.question_types import (
    AddLoan,
    Bump,
    ChangeLoan,
    RemoveLoan,
    WhatIfEntry,
)
from seawall.engines.debt.simulation.reverse import AdverseState, ReverseStress
from seawall.engines.debt.simulation.scenario_account import ScenarioAccount
from seawall.engines.debt.simulation.tail import Tail
from seawall.engines.debt.simulation.twins import Twin
from seawall.engines.debt.simulation.types import (
    DefaultProbabilityTerms,
    FactorCorrelation,
    FactorTerms,
    LossGivenDefaultTerms,
    MacroTerms,
    SimulationParameters,
    TailFigures,
)

__all__ = [
    "DEBT_SIMULATION",
    "GROUPINGS",
    "AddLoan",
    "AdverseState",
    "Bump",
    "ChangeLoan",
    "Comparison",
    "DefaultProbabilityTerms",
    "FactorCorrelation",
    "FactorTerms",
    "LargePoolLimit",
    "LossGivenDefaultTerms",
    "MacroTerms",
    "QuantileShares",
    "RemoveLoan",
    "ReverseStress",
    "ScenarioAccount",
    "ScenarioRange",
    "SimulationInputs",
    "SimulationParameters",
    "SimulationPart",
    "SimulationResult",
    "Tail",
    "TailFigures",
    "Twin",
    "WhatIf",
    "WhatIfEntry",
    "compare",
    "merge_parts",
    "simulate_part",
]
