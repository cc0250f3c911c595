#include "engines/debt/simulation/parametric_losses.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "engines/debt/simulation/default_rule.hpp"
#include "engines/debt/simulation/position_checks.hpp"
#include "errors/error.hpp"
#include "numeric/canonical_lanes.hpp"
#include "numeric/rounded_share.hpp"

namespace seawall::debt {
namespace {

void check(const StandardObligors& obligors, const ParametricLossColumns& positions,
           std::size_t quarter_count) {
    const std::size_t count = positions.obligor_row.size();
    if (positions.default_probability.size() != obligors.obligor_count()) {
        refuse_input("positions.default_probability", "must have a value for each obligor");
    }
    if (positions.exposure_minor.size() != count * quarter_count) {
        refuse_input("positions.exposure_minor", "must have a value for each position and quarter");
    }
    if (positions.loss_given_default.size() != count) {
        refuse_input("positions.loss_given_default", "must have a value for each position");
    }
    if (positions.dispersion.size() != count) {
        refuse_input("positions.dispersion", "must have a value for each position");
    }
    check_position_rows(positions.obligor_row, obligors.obligor_count());
    for (std::size_t i = 0; i < count; ++i) {
        const double severity = positions.loss_given_default[i];
        const bool is_severity = severity >= 0.0 && severity <= 1.0;
        if (!is_severity)
            refuse_input(position_place("loss_given_default", i), "must be from 0 to 1");
        const double dispersion = positions.dispersion[i];
        const bool is_dispersion = dispersion >= 0.0 && dispersion < 1.0;
        if (!is_dispersion)
            refuse_input(position_place("dispersion", i), "must be from 0 and below 1");
    }
}

}  // namespace

/// Some defaults, a value each.
struct ParametricLosses::Lanes {
    std::array<double, most_lanes> minus_systematic;  ///< −b'z
    std::array<double, most_lanes> mixing_root;       ///< √(W/ν)
    std::array<double, most_lanes> probability;       ///< p of default, given the scenario
    std::array<double, most_lanes> own;               ///< ξ
    std::array<std::uint8_t, most_lanes> quarter;
    std::vector<std::uint8_t> all_quarters;  ///< of the block, where it has many defaults
};

ParametricLosses::ParametricLosses(const StandardObligors& obligors, const FactorModel& factors,
                                   const ParametricLossColumns& positions)
    : ParametricLosses(obligors, factors, positions, std::optional<DefaultQuarters>()) {}

ParametricLosses::ParametricLosses(const StandardObligors& obligors, const FactorModel& factors,
                                   const ParametricLossColumns& positions, DefaultQuarters quarters)
    : ParametricLosses(obligors, factors, positions, std::optional(std::move(quarters))) {}

ParametricLosses::ParametricLosses(const StandardObligors& obligors, const FactorModel& factors,
                                   const ParametricLossColumns& positions,
                                   std::optional<DefaultQuarters> quarters)
    : obligors_(obligors),
      quarters_(std::move(quarters)),
      quarter_count_(quarters_ ? quarters_->quarter_count() : 1),
      exposure_minor_(positions.exposure_minor.begin(), positions.exposure_minor.end()) {
    if (quarters_ && &quarters_->obligors() != &obligors) {
        refuse_input("quarters", "must be of the same obligors");
    }
    check(obligors, positions, quarter_count_);
    check_position_amounts(exposure_minor_, quarter_count_, "exposure_minor");
    threshold_ = default_thresholds(positions.default_probability, factors);
    for (std::size_t row = 0; row < threshold_.size(); ++row) {
        if (threshold_[row] != obligors.default_threshold[row]) {
            refuse_input("positions.default_probability[" + std::to_string(row) + "]",
                         "must be that of the obligor's default threshold");
        }
        threshold_[row] = standardise_threshold(threshold_[row], obligors.loading_of(row));
    }
    by_obligor_ = positions_by_obligor(positions.obligor_row, obligors.obligor_count());
    std::vector<double> expected_loss;  // as a share of the exposure
    expected_loss.reserve(positions.obligor_row.size());
    for (std::size_t i = 0; i < positions.obligor_row.size(); ++i) {
        expected_loss.push_back(positions.default_probability[positions.obligor_row[i]] *
                                positions.loss_given_default[i]);
    }
    const std::vector<double> loss_threshold = default_thresholds(expected_loss, factors);
    terms_.reserve(loss_threshold.size());
    for (std::size_t i = 0; i < positions.obligor_row.size(); ++i) {
        const std::uint32_t row = positions.obligor_row[i];
        // A quantile may be off in its last bit: LGD must not pass 1 for that.
        const double x = std::min(loss_threshold[i], obligors.default_threshold[row]);
        const double dispersion = positions.dispersion[i];
        terms_.push_back({.threshold = standardise_threshold(x, obligors.loading_of(row)),
                          .own_weight = std::sqrt(dispersion),
                          .systematic_weight = std::sqrt(1.0 - dispersion)});
        has_dispersion_ = has_dispersion_ || dispersion > 0.0;
    }
}

void ParametricLosses::set_lanes(const DefaultedBlock& block, std::span<const DefaultedLane> lanes,
                                 LaneProducts& products, Lanes& result) const {
    products.set(obligors_, block, lanes);
    result.minus_systematic.fill(0.0);
    products.subtract_from(result.minus_systematic);
    std::array<std::uint64_t, most_lanes> scenario;
    std::array<std::uint32_t, most_lanes> slot;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        const std::size_t index = block.first + lanes[i].scenario;
        const std::uint32_t row = lanes[i].row;
        result.mixing_root[i] = block.states->state(index).mixing_root;
        result.probability[i] =
            threshold_[row] * result.mixing_root[i] + result.minus_systematic[i];
        scenario[i] = block.states->scenario(index);
        slot[i] = obligors_.slot[row];
    }
    const auto probability = std::span(result.probability).first(lanes.size());
    normal_cdf_lanes(probability, probability);
    if (has_dispersion_) {
        const auto own = std::span(result.own).first(lanes.size());
        uniform_53_lanes(block.seed, RandomStream::recovery,
                         std::span(scenario).first(lanes.size()),
                         std::span(slot).first(lanes.size()), own);
        normal_quantile_lanes(own, own);
    }
    if (!result.all_quarters.empty()) {
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            result.quarter[i] =
                result.all_quarters[lanes[i].row * block_scenarios + lanes[i].scenario];
        }
    } else if (quarters_) {
        quarters_->find(block, lanes, products, result.quarter);
    } else {
        result.quarter.fill(0);
    }
}

void ParametricLosses::add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                                  std::span<std::int64_t> position_minor) const {
    check_mask_count(block.masks.size(), obligors_.obligor_count());
    LaneProducts products(obligors_.factor_count);
    Lanes of_lanes;
    if (quarters_ && quarters_->are_many(block.masks)) {
        of_lanes.all_quarters.resize(obligors_.obligor_count() * block_scenarios);
        quarters_->find_all(block, of_lanes.all_quarters);
    }
    std::array<std::uint32_t, most_lanes> position;
    std::array<std::uint16_t, most_lanes> lane;
    std::array<double, most_lanes> severity;
    std::array<double, most_lanes> mean;
    const auto add = [&](std::span<const DefaultedLane> lanes, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            mean[i] = terms_[position[i]].threshold * of_lanes.mixing_root[lane[i]] +
                      of_lanes.minus_systematic[lane[i]];
        }
        const auto means = std::span(mean).first(count);
        normal_cdf_lanes(means, means);
        for (std::size_t i = 0; i < count; ++i) mean[i] /= of_lanes.probability[lane[i]];
        if (has_dispersion_) {
            const auto severities = std::span(severity).first(count);
            normal_quantile_lanes(means, severities);
            for (std::size_t i = 0; i < count; ++i) {
                const Terms& terms = terms_[position[i]];
                severity[i] = (severity[i] + terms.own_weight * of_lanes.own[lane[i]]) /
                              terms.systematic_weight;
            }
            normal_cdf_lanes(severities, severities);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const bool varies = terms_[position[i]].own_weight > 0.0;
            const std::size_t quarter = of_lanes.quarter[lane[i]];
            const std::int64_t exposure = exposure_minor_[position[i] * quarter_count_ + quarter];
            const std::int64_t loss = rounded_share(exposure, varies ? severity[i] : mean[i]);
            const std::uint32_t scenario = lanes[lane[i]].scenario;
            total_minor[scenario] += loss;
            if (position_minor.empty()) continue;
            position_minor[position[i] * block_scenarios + scenario] += loss;
        }
    };
    visit_lanes(block.masks, by_obligor_, [&](std::span<const DefaultedLane> lanes) {
        set_lanes(block, lanes, products, of_lanes);
        std::size_t count = 0;
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            const std::uint32_t row = lanes[i].row;
            for (std::uint32_t j = by_obligor_.first[row]; j < by_obligor_.first[row + 1]; ++j) {
                position[count] = by_obligor_.position[j];
                lane[count] = static_cast<std::uint16_t>(i);
                if (++count < most_lanes) continue;
                add(lanes, count);
                count = 0;
            }
        }
        add(lanes, count);
    });
}

}  // namespace seawall::debt
