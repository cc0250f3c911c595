#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace seawall::debt {

/// Probabilities of default by the end of each quarter, of shape (obligor_count, quarter_count),
/// under a constant hazard: 1 − (1 − p)^(q / Q), in the last quarter p itself. Same bits on every
/// machine. Throws Error(invalid_input) on a probability outside [0, 1], and without a quarter.
std::vector<double> cumulative_default_probabilities(std::span<const double> default_probability,
                                                     std::size_t quarter_count);

/// (1 + rate)^(−q / 4) for the end of each quarter q = 1 … quarter_count; `rate` is a year's, as a
/// fraction. Throws Error(invalid_input) on a rate that is not above −1 and at most 10.
std::vector<double> quarterly_discount_factors(double rate, std::size_t quarter_count);

}  // namespace seawall::debt
