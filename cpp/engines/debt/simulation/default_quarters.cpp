#include "engines/debt/simulation/default_quarters.hpp"

#include <algorithm>
#include <string>

#include "engines/debt/simulation/default_rule.hpp"
#include "errors/error.hpp"
#include "numeric/uniform.hpp"

namespace seawall::debt {
namespace {

constexpr const char* column = "quarters.cumulative_default_probability";

std::string entry(std::size_t row, std::size_t quarter) {
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
            throw Error(ErrorCode::invalid_input, entry(i / count, i % count),
                        "must be from 0 to 1");
        }
        if (i % count == 0 || probability[i] >= probability[i - 1]) continue;
        throw Error(ErrorCode::invalid_input, entry(i / count, i % count),
                    "must not be below that of the quarter before");
    }
}

}  // namespace

DefaultQuarters::DefaultQuarters(const StandardObligors& obligors, const FactorModel& factors,
                                 const QuarterColumns& quarters)
    : obligors_(&obligors), quarter_count_(quarters.quarter_count) {
    check(obligors, quarters);
    threshold_ = default_thresholds(quarters.cumulative_default_probability, factors);
    for (std::size_t row = 0; row < obligors.obligor_count(); ++row) {
        const auto x = std::span(threshold_).subspan(row * quarter_count_, quarter_count_);
        if (x.back() != obligors.default_threshold[row]) {
            throw Error(ErrorCode::invalid_input, entry(row, quarter_count_ - 1),
                        "must be the probability of the obligor's default threshold");
        }
        // A quantile may be off in its last bit: the thresholds must not fall for that.
        for (std::size_t q = quarter_count_ - 1; q-- > 0;) x[q] = std::min(x[q], x[q + 1]);
        for (double& threshold : x) {
            threshold = standardise_threshold(threshold, obligors.loading_of(row));
        }
    }
}

void DefaultQuarters::find(const DefaultedBlock& block, std::span<const DefaultedLane> lanes,
                           std::span<std::uint8_t> quarter) const {
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        const auto [row, scenario] = lanes[i];
        const std::size_t index = block.first + scenario;
        const std::uint64_t draw =
            default_uniform_48(block.seed, block.states->scenario(index), obligors_->slot[row]);
        const auto last =
            threshold_.begin() + static_cast<std::ptrdiff_t>((row + 1) * quarter_count_) - 1;
        const auto first = last + 1 - static_cast<std::ptrdiff_t>(quarter_count_);
        const auto found = std::partition_point(first, last, [&](double threshold) {
            return draw >= conditional_default_limit(threshold, obligors_->loading_of(row),
                                                     block.states->state(index));
        });
        quarter[i] = static_cast<std::uint8_t>(found - first);
    }
}

}  // namespace seawall::debt
