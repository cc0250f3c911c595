#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engines/debt/simulation/obligor_columns.hpp"

namespace seawall::debt {

/// Obligors that default together, and what that loses. Those that default in any scenario are no
/// part of the set: their losses are made already.
struct DefaultSet {
    std::vector<std::uint32_t> row;       ///< by falling loss, then by slot
    std::int64_t loss_minor = 0;          ///< of the set
    std::int64_t certain_loss_minor = 0;  ///< of the obligors that default in any scenario
};

/// As few defaults as can lose `least_loss_minor` with what is certain: the largest losses of the
/// obligors that may default, which no other set of so many exceeds. Throws Error(invalid_input)
/// on ragged columns and at "least_loss_minor" where that is not above 0 or is more than all lose.
DefaultSet smallest_default_set(const ObligorColumns& obligors, std::int64_t least_loss_minor);

/// The pattern of defaults that is likeliest in one systematic state, of those that lose enough.
struct PlausibleDefaults {
    DefaultSet set;
    /// ln Π p Π (1 − p) over who defaults and who does not.
    double log_probability = 0.0;
    /// No pattern that loses enough is likelier than this.
    double log_probability_bound = 0.0;
    bool is_exact = false;  ///< the search ended: no pattern is likelier than the one found
};

/// Defaults are independent given the state, with the probabilities p that it gives the rows
/// (conditional_default_probabilities): a covering knapsack of the costs ln((1 − p)/p), which is
/// searched by branch and bound until it is solved or `most_nodes` are spent; then the best found
/// is a heuristic's. Throws as above, and Error(invalid_input) on probabilities outside [0, 1].
PlausibleDefaults likeliest_default_set(const ObligorColumns& obligors,
                                        std::span<const double> default_probability,
                                        std::int64_t least_loss_minor,
                                        std::size_t most_nodes = 1'000'000);

}  // namespace seawall::debt
