#include "engines/debt/simulation/standard_obligors.hpp"

#include <string>

#include "engines/debt/simulation/default_rule.hpp"
#include "errors/error.hpp"

namespace seawall::debt {

void standardise_row(const ObligorColumns& obligors, std::size_t row, std::span<const double> root,
                     std::span<float> loading) {
    const auto weight = obligors.factor_weight.subspan(row * loading.size(), loading.size());
    if (standardise_loading(weight, root, loading)) return;
    throw Error(ErrorCode::invalid_input, "obligors.factor_weight[" + std::to_string(row) + "]",
                "the factors' share of the variance, a'Ca, must be below 1");
}

StandardObligors standard_obligors(const ObligorColumns& obligors, const FactorModel& factors) {
    const std::vector<double> root = correlation_root(factors);
    check(obligors, factors);
    StandardObligors result{
        .factor_count = factors.factor_count,
        .slot = {obligors.slot.begin(), obligors.slot.end()},
        .default_threshold = {obligors.default_threshold.begin(), obligors.default_threshold.end()},
        .loading = std::vector<float>(obligors.factor_weight.size())};
    for (std::size_t row = 0; row < result.obligor_count(); ++row) {
        standardise_row(
            obligors, row, root,
            std::span(result.loading).subspan(row * factors.factor_count, factors.factor_count));
    }
    return result;
}

}  // namespace seawall::debt
