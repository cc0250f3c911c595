#include "engines/debt/simulation/sampling.hpp"

#include <cmath>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& message) {
    throw Error(ErrorCode::invalid_input, "sampling" + where, message);
}

void check(const ImportanceShift& shift, std::size_t factor_count, const MixingVariable& mixing) {
    if (shift.factor_shift.size() != factor_count) {
        refuse(".factor_shift", "must have a value for each factor");
    }
    double square = 0.0;
    for (std::size_t k = 0; k < factor_count; ++k) {
        if (!std::isfinite(shift.factor_shift[k])) {
            refuse(".factor_shift[" + std::to_string(k) + "]", "must be finite");
        }
        square += shift.factor_shift[k] * shift.factor_shift[k];
    }
    if (square > largest_shift * largest_shift) {
        refuse(".factor_shift", "must be at most 37 long");
    }
    const double tilt = shift.mixing_tilt;
    const bool is_in_range = tilt > -0.5 && tilt <= largest_tilt;  // false for NaN
    if (!is_in_range) {
        refuse(".mixing_tilt", "must be above -0.5 and at most 1e6");
    }
    if (mixing.is_gaussian() && tilt != 0.0) {
        refuse(".mixing_tilt", "must be 0 in the Gaussian copula");
    }
}

}  // namespace

void check(const StateSampling& sampling, std::uint64_t seed, std::size_t factor_count,
           const MixingVariable& mixing) {
    if (sampling.importance != nullptr && sampling.scrambles != nullptr) {
        refuse("", "importance sampling and Sobol points exclude each other");
    }
    if (sampling.importance != nullptr) check(*sampling.importance, factor_count, mixing);
    if (sampling.scrambles == nullptr) return;
    if (sampling.scrambles->seed() != seed) {
        refuse(".scrambles", "must be of the seed of the scenarios");
    }
    if (sampling.scrambles->factor_count() != factor_count) {
        refuse(".scrambles", "must have a dimension for each factor");
    }
}

double draw_state(const StateSampling& sampling, std::uint64_t seed, std::uint64_t scenario,
                  const MixingVariable& mixing, std::span<double> factor) {
    if (sampling.scrambles != nullptr) return sampling.scrambles->draw(scenario, mixing, factor);
    draw_factors(seed, scenario, factor);
    if (sampling.importance == nullptr || is_defensive(scenario)) {
        return mixing.root(seed, scenario);
    }
    const ImportanceShift& shift = *sampling.importance;
    for (std::size_t k = 0; k < factor.size(); ++k) factor[k] += shift.factor_shift[k];
    return mixing.root(seed, scenario, shift.mixing_tilt);
}

}  // namespace seawall::debt
