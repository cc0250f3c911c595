#include "engines/debt/simulation/quarter_terms.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "errors/error.hpp"
#include "numeric/exponential.hpp"

namespace seawall::debt {
namespace {

/// 1 − (1 − p)^a for a from 0 to 1.
double probability_within(double p, double a) {
    if (p == 1.0) return 1.0;
    // 1 − p would round a small probability away: the binomial series to the third term, whose
    // rest is below p⁴.
    if (p < 1e-4) return a * p * (1.0 - (a - 1.0) / 2.0 * p * (1.0 - (a - 2.0) / 3.0 * p));
    return 1.0 - canonical_exp(a * canonical_log(1.0 - p));
}

}  // namespace

std::vector<double> cumulative_default_probabilities(std::span<const double> default_probability,
                                                     std::size_t quarter_count) {
    if (quarter_count == 0) {
        throw Error(ErrorCode::invalid_input, "quarters", "must be at least 1");
    }
    std::vector<double> result;
    result.reserve(default_probability.size() * quarter_count);
    for (std::size_t i = 0; i < default_probability.size(); ++i) {
        const double p = default_probability[i];
        if (std::isnan(p) || p < 0.0 || p > 1.0) {
            throw Error(ErrorCode::invalid_input, "default_probability[" + std::to_string(i) + "]",
                        "must be from 0 to 1");
        }
        for (std::size_t q = 1; q < quarter_count; ++q) {
            const double share = static_cast<double>(q) / static_cast<double>(quarter_count);
            result.push_back(std::min(probability_within(p, share), p));
        }
        result.push_back(p);
    }
    return result;
}

std::vector<double> quarterly_discount_factors(double rate, std::size_t quarter_count) {
    if (std::isnan(rate) || rate <= -1.0 || rate > 10.0) {
        throw Error(ErrorCode::invalid_input, "rate", "must be above -1 and at most 10");
    }
    const double quarterly = canonical_log(1.0 + rate) / 4.0;
    std::vector<double> factors;
    for (std::size_t q = 1; q <= quarter_count; ++q) {
        factors.push_back(canonical_exp(-static_cast<double>(q) * quarterly));
    }
    return factors;
}

}  // namespace seawall::debt
