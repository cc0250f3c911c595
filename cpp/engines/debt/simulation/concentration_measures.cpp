#include "engines/debt/simulation/concentration_measures.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <utility>

#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

void check(std::span<const std::int64_t> amounts) {
    if (amounts.empty()) {
        throw Error(ErrorCode::invalid_input, "amount_minor", "there is no obligor");
    }
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        if (amounts[i] >= 0) continue;
        throw Error(ErrorCode::invalid_input, "amount_minor[" + std::to_string(i) + "]",
                    "must not be below 0");
    }
}

}  // namespace

ConcentrationMeasures concentration_measures(std::span<const std::int64_t> amount_minor,
                                             std::size_t largest_count) {
    check(amount_minor);
    const std::size_t count = amount_minor.size();
    std::vector<std::uint32_t> rows(count);
    std::iota(rows.begin(), rows.end(), 0U);
    std::ranges::stable_sort(rows, std::greater<>(),
                             [&](std::uint32_t row) { return amount_minor[row]; });
    ConcentrationMeasures measures;
    WideInteger unevenness = 0;  // Σ (count + 1 − 2·rank)·amount, the largest of rank 1
    WideInteger of_largest = 0;
    for (std::size_t place = 0; place < count; ++place) {
        const WideInteger amount = amount_minor[rows[place]];
        measures.total_minor += amount;
        unevenness +=
            amount * (static_cast<WideInteger>(count) - 1 - 2 * static_cast<WideInteger>(place));
        if (place < largest_count) of_largest += amount;
    }
    const auto total = static_cast<double>(measures.total_minor);
    measures.herfindahl_index = ordered_sum(count, [&](std::size_t place) {
        const double share = static_cast<double>(amount_minor[rows[place]]) / total;
        return share * share;
    });
    measures.effective_count = 1.0 / measures.herfindahl_index;
    measures.gini_coefficient =
        static_cast<double>(unevenness) / (static_cast<double>(count) * total);
    measures.largest_share = static_cast<double>(of_largest) / total;
    rows.resize(std::min(largest_count, count));
    measures.largest = std::move(rows);
    return measures;
}

}  // namespace seawall::debt
