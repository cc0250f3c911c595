#pragma once

#include <cstdint>
#include <vector>

#include "engines/debt/simulation/default_simulation.hpp"
#include "engines/debt/simulation/loss_rule.hpp"

namespace seawall::debt {

/// Obligors of a book and what their defaults cost. A view: the caller keeps both.
struct ObligorLosses {
    const ObligorGroups& groups;
    const LossRule* rule = nullptr;  ///< null: fixed losses, those of the groups
};

/// What a change of some obligors does to a book's loss in each scenario, in minor units: theirs
/// after it less theirs before it. The systematic states are drawn once for both. Same bits as the
/// difference of simulate_losses on any thread count. Progress counts scenarios. Throws
/// Error(invalid_input) at "after" where its states are of other factors or another copula, as
/// check of the range does, and Error(cancelled).
std::vector<std::int64_t> simulate_loss_change(const ObligorLosses& before,
                                               const ObligorLosses& after,
                                               const SimulationRange& range,
                                               const ParallelOptions& parallel);

}  // namespace seawall::debt
