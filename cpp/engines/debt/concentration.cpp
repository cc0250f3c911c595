#include "engines/debt/concentration.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "engines/debt/segments.hpp"
#include "errors/error.hpp"
#include "numeric/ordered_sum.hpp"

namespace seawall::debt {
namespace {

void require_amounts(std::span<const double> amounts) {
    const auto place = std::ranges::find_if_not(
        amounts, [](double amount) { return amount >= 0.0 && std::isfinite(amount); });
    if (place == amounts.end()) return;
    throw Error(ErrorCode::invalid_input, "amount[" + std::to_string(place - amounts.begin()) + "]",
                "must be at least 0 and finite");
}

std::vector<std::uint32_t> largest_groups(std::span<const double> amount, std::size_t count) {
    std::vector<std::uint32_t> groups(amount.size());
    std::iota(groups.begin(), groups.end(), std::uint32_t{0});
    const auto end = groups.begin() + static_cast<std::ptrdiff_t>(std::min(count, groups.size()));
    std::ranges::partial_sort(groups, end, [amount](std::uint32_t a, std::uint32_t b) {
        return amount[a] != amount[b] ? amount[a] > amount[b] : a < b;
    });
    groups.erase(end, groups.end());
    return groups;
}

}  // namespace

Concentration measure_concentration(const SegmentIndex& groups, std::span<const double> amounts,
                                    std::size_t largest_count) {
    require_amounts(amounts);
    Concentration result;
    result.amount = sum_by_segment(groups, amounts);
    result.total = ordered_sum(result.amount);
    result.share.reserve(result.amount.size());
    for (const double amount : result.amount) result.share.push_back(amount / result.total);
    result.largest = largest_groups(result.amount, largest_count);
    result.largest_share =
        ordered_sum(result.largest.size(),
                    [&](std::size_t i) { return result.amount[result.largest[i]]; }) /
        result.total;
    result.herfindahl_index = ordered_sum(
        result.share.size(), [&](std::size_t i) { return result.share[i] * result.share[i]; });
    return result;
}

std::vector<std::uint32_t> groups_above(const Concentration& concentration, double limit) {
    std::vector<std::uint32_t> groups;
    for (std::size_t g = 0; g < concentration.share.size(); ++g) {
        if (concentration.share[g] > limit) groups.push_back(static_cast<std::uint32_t>(g));
    }
    return groups;
}

}  // namespace seawall::debt
