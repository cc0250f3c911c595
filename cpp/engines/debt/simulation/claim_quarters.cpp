#include "engines/debt/simulation/claim_quarters.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engines/debt/simulation/position_checks.hpp"
#include "errors/error.hpp"
#include "numeric/rounded_share.hpp"

namespace seawall::debt {
namespace {

constexpr double largest_total = 0x1p62;

void check(const ClaimQuarterColumns& claims, std::size_t position_count,
           std::size_t quarter_count) {
    if (claims.amount_minor.size() != position_count * quarter_count) {
        throw Error(ErrorCode::invalid_input, "positions.exposure_minor",
                    "must have a value for each position and quarter");
    }
    if (claims.discount_factor.size() != quarter_count) {
        throw Error(ErrorCode::invalid_input, "discount_factors", "must have one for each quarter");
    }
    for (std::size_t q = 0; q < quarter_count; ++q) {
        const double factor = claims.discount_factor[q];
        const bool is_factor = factor >= 0.0 && factor < 0x1p52;
        if (!is_factor) {
            throw Error(ErrorCode::invalid_input, "discount_factors[" + std::to_string(q) + "]",
                        "must be from 0 and below 2^52");
        }
    }
}

/// With a negative rate a loss is worth more today.
void check_worth(const ClaimQuarterColumns& claims, std::size_t quarter_count) {
    const double largest_factor = std::ranges::max(claims.discount_factor);
    if (largest_factor <= 1.0) return;
    double total = 0.0;
    for (std::size_t first = 0; first < claims.amount_minor.size(); first += quarter_count) {
        const auto amounts = claims.amount_minor.subspan(first, quarter_count);
        // Half a unit for the rounding. The error of the sum is far below what 2⁶³ is away.
        total += largest_factor * static_cast<double>(std::ranges::max(amounts)) + 0.5;
    }
    if (total > largest_total) {
        throw Error(ErrorCode::limit_exceeded, "positions.exposure_minor",
                    "the sum, discounted, passes 2^62 minor units");
    }
}

}  // namespace

ClaimQuarters::ClaimQuarters(DefaultQuarters quarters, const ClaimQuarterColumns& claims,
                             std::span<const std::uint32_t> obligor_row)
    : quarters_(std::move(quarters)),
      amount_minor_(claims.amount_minor.begin(), claims.amount_minor.end()),
      discount_factor_(claims.discount_factor.begin(), claims.discount_factor.end()) {
    check(claims, obligor_row.size(), quarters_.quarter_count());
    check_position_rows(obligor_row, obligor_count());
    check_position_amounts(claims.amount_minor, quarters_.quarter_count(), "exposure_minor");
    check_worth(claims, quarters_.quarter_count());
    by_obligor_ = positions_by_obligor(obligor_row, obligor_count());
}

void ClaimQuarters::find(const DefaultedBlock& block, std::span<std::uint8_t> quarter) const {
    if (quarters_.are_many(block.masks)) {
        quarters_.find_all(block, quarter);
        return;
    }
    LaneProducts products(quarters_.obligors().factor_count);
    std::array<std::uint8_t, most_lanes> found;
    visit_lanes(block.masks, by_obligor_, [&](std::span<const DefaultedLane> lanes) {
        products.set(quarters_.obligors(), block, lanes);
        quarters_.find(block, lanes, products, found);
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            quarter[lanes[i].row * block_scenarios + lanes[i].scenario] = found[i];
        }
    });
}

std::int64_t ClaimQuarters::worth_today(std::int64_t loss_minor, std::size_t quarter) const {
    return rounded_share(loss_minor, discount_factor_[quarter]);
}

}  // namespace seawall::debt
