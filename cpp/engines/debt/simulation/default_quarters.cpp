#include "engines/debt/simulation/default_quarters.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "engines/debt/simulation/default_rule.hpp"
#include "errors/error.hpp"
#include "numeric/canonical_lanes.hpp"

namespace seawall::debt {
namespace {

/// What the search for a quarter costs, in decisions of the filter.
constexpr std::size_t decisions_a_search = 100;

/// By steps that the compiler takes for many masks at once.
constexpr unsigned bit_count(unsigned mask) {
    mask -= mask >> 1U & 0x5555U;
    mask = (mask & 0x3333U) + (mask >> 2U & 0x3333U);
    mask = (mask + (mask >> 4U)) & 0x0F0FU;
    return (mask + (mask >> 8U)) & 0x1FU;
}

constexpr const char* column = "quarters.cumulative_default_probability";

std::string quarter_place(std::size_t row, std::size_t quarter) {
    return std::string(column) + "[" + std::to_string(row) + "][" + std::to_string(quarter) + "]";
}

void check(const StandardObligors& obligors, const QuarterColumns& quarters) {
    const std::size_t count = quarters.quarter_count;
    if (count == 0 || count > max_quarters) {
        throw Error(ErrorCode::invalid_input, "quarters.quarter_count", "must be from 1 to 40");
    }
    const auto probability = quarters.cumulative_default_probability;
    if (probability.size() != obligors.obligor_count() * count) {
        throw Error(ErrorCode::invalid_input, column, "must have the shape (obligors, quarters)");
    }
    for (std::size_t i = 0; i < probability.size(); ++i) {
        const bool is_probability = probability[i] >= 0.0 && probability[i] <= 1.0;
        if (!is_probability) {
            throw Error(ErrorCode::invalid_input, quarter_place(i / count, i % count),
                        "must be from 0 to 1");
        }
        if (i % count == 0 || probability[i] >= probability[i - 1]) continue;
        throw Error(ErrorCode::invalid_input, quarter_place(i / count, i % count),
                    "must not be below that of the quarter before");
    }
}

/// A, of shape (obligor_count, quarter_count), not falling.
std::vector<double> checked_thresholds(const StandardObligors& obligors, const FactorModel& factors,
                                       const QuarterColumns& quarters) {
    check(obligors, quarters);
    const std::size_t count = quarters.quarter_count;
    auto thresholds = default_thresholds(quarters.cumulative_default_probability, factors);
    for (std::size_t row = 0; row < obligors.obligor_count(); ++row) {
        const auto x = std::span(thresholds).subspan(row * count, count);
        if (x.back() != obligors.default_threshold[row]) {
            throw Error(ErrorCode::invalid_input, quarter_place(row, count - 1),
                        "must be the probability of the obligor's default threshold");
        }
        // A quantile may be off in its last bit: the thresholds must not fall for that.
        for (std::size_t q = count - 1; q-- > 0;) x[q] = std::min(x[q], x[q + 1]);
        for (double& threshold : x) {
            threshold = standardise_threshold(threshold, obligors.loading_of(row));
        }
    }
    return thresholds;
}

}  // namespace

DefaultQuarters::DefaultQuarters(const StandardObligors& obligors, const FactorModel& factors,
                                 const QuarterColumns& quarters)
    : obligors_(&obligors),
      quarter_count_(quarters.quarter_count),
      threshold_(checked_thresholds(obligors, factors, quarters)),
      filter_(obligors, threshold_, quarter_count_) {}

bool DefaultQuarters::are_many(std::span<const std::uint16_t> masks) const {
    std::size_t count = 0;
    for (const std::uint16_t mask : masks) count += bit_count(mask);
    return count * decisions_a_search >= block_scenarios * filter_.decision_count();
}

void DefaultQuarters::find_all(const DefaultedBlock& block, std::span<std::uint8_t> quarter) const {
    filter_.find(block, fastest_default_kernel(), quarter);
}

void DefaultQuarters::find(const DefaultedBlock& block, std::span<const DefaultedLane> lanes,
                           const LaneProducts& products, std::span<std::uint8_t> quarter) const {
    const std::size_t count = lanes.size();
    std::array<std::uint64_t, most_lanes> draw;
    std::array<std::uint64_t, most_lanes> scenario;
    std::array<std::uint32_t, most_lanes> slot;
    std::array<double, most_lanes> mixing_root;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t index = block.first + lanes[i].scenario;
        scenario[i] = block.states->scenario(index);
        slot[i] = obligors_->slot[lanes[i].row];
        mixing_root[i] = block.states->state(index).mixing_root;
    }
    default_uniform_48_lanes(block.seed, std::span(scenario).first(count),
                             std::span(slot).first(count), draw);

    // The first quarter with a draw below its limit, by halves; in the last it is for certain.
    std::array<std::size_t, most_lanes> first{};
    std::array<std::size_t, most_lanes> last;
    last.fill(quarter_count_ - 1);
    std::array<double, most_lanes> value{};
    for (auto halving = std::bit_width(quarter_count_ - 1); halving > 0; --halving) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t middle = (first[i] + last[i]) / 2;
            value[i] = threshold_[lanes[i].row * quarter_count_ + middle] * mixing_root[i];
        }
        products.subtract_from(value);
        normal_cdf_lanes(std::span(value).first(count), std::span(value).first(count));
        for (std::size_t i = 0; i < count; ++i) {
            if (first[i] == last[i]) continue;
            const std::size_t middle = (first[i] + last[i]) / 2;
            const bool is_below = draw[i] < static_cast<std::uint64_t>(0x1p48 * value[i]);
            last[i] = is_below ? middle : last[i];
            first[i] = is_below ? first[i] : middle + 1;
        }
    }
    for (std::size_t i = 0; i < count; ++i) quarter[i] = static_cast<std::uint8_t>(first[i]);
}

}  // namespace seawall::debt
