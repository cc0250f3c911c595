#include "engines/debt/simulation/obligor_columns.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"
#include "numeric/student_t_distribution.hpp"

namespace seawall::debt {
namespace {

constexpr std::int64_t largest_total_loss = 0x4000'0000'0000'0000;

std::string obligor_place(const char* column, std::size_t row) {
    return place_of("obligors." + std::string(column), row);
}

void check_shapes(const ObligorColumns& obligors, const FactorModel& factors) {
    const std::size_t count = obligors.obligor_count();
    if (obligors.default_threshold.size() != count) {
        refuse_input("obligors.default_threshold", "must have a value for each obligor");
    }
    if (obligors.loss_minor.size() != count) {
        refuse_input("obligors.loss_minor", "must have a value for each obligor");
    }
    if (obligors.factor_weight.size() != count * factors.factor_count) {
        refuse_input("obligors.factor_weight", "must have the shape (obligors, factors)");
    }
}

void check_slots(std::span<const std::uint32_t> slots) {
    std::vector<std::uint32_t> sorted(slots.begin(), slots.end());
    std::ranges::sort(sorted);
    const auto twice = std::ranges::adjacent_find(sorted);
    if (twice == sorted.end()) return;
    const auto first = std::ranges::find(slots, *twice);
    const auto second = std::find(first + 1, slots.end(), *twice);
    refuse_input(obligor_place("slot", static_cast<std::size_t>(second - slots.begin())),
                 "is the slot of another obligor too");
}

void check_losses(std::span<const std::int64_t> losses) {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < losses.size(); ++i) {
        if (losses[i] < 0) refuse_input(obligor_place("loss_minor", i), "must be at least 0");
        if (losses[i] > largest_total_loss - total) {
            throw Error(ErrorCode::limit_exceeded, "obligors.loss_minor",
                        "the sum of the losses passes 2^62 minor units");
        }
        total += losses[i];
    }
}

void check_probabilities(std::span<const double> default_probability) {
    for (std::size_t i = 0; i < default_probability.size(); ++i) {
        if (default_probability[i] >= 0.0 && default_probability[i] <= 1.0) continue;
        refuse_input(obligor_place("default_probability", i), "must be from 0 to 1");
    }
}

}  // namespace

std::vector<double> default_thresholds(std::span<const double> default_probability,
                                       const FactorModel& factors) {
    check_probabilities(default_probability);
    std::vector<double> thresholds(default_probability.size());
    if (factors.is_gaussian()) {
        std::ranges::transform(default_probability, thresholds.begin(), normal_quantile);
    } else {
        const StudentTQuantile quantile(factors.degrees_of_freedom);
        std::ranges::transform(default_probability, thresholds.begin(), quantile);
    }
    return thresholds;
}

std::vector<double> shifted_default_probabilities(std::span<const double> default_probability,
                                                  std::span<const double> shift) {
    check_probabilities(default_probability);
    if (shift.size() != default_probability.size()) {
        refuse_input("obligors.shift", "must have a value for each obligor");
    }
    std::vector<double> shifted;
    shifted.reserve(shift.size());
    for (std::size_t i = 0; i < shift.size(); ++i) {
        if (!std::isfinite(shift[i])) refuse_input(obligor_place("shift", i), "must be finite");
        const double p = default_probability[i];
        const bool moves = shift[i] != 0.0 && p != 0.0 && p != 1.0;
        shifted.push_back(moves ? normal_cdf(normal_quantile(p) + shift[i]) : p);
    }
    return shifted;
}

void check(const ObligorColumns& obligors, const FactorModel& factors) {
    check_shapes(obligors, factors);
    check_slots(obligors.slot);
    check_losses(obligors.loss_minor);
    for (std::size_t i = 0; i < obligors.obligor_count(); ++i) {
        if (std::isnan(obligors.default_threshold[i])) {
            refuse_input(obligor_place("default_threshold", i), "must be a number or infinite");
        }
    }
    for (std::size_t i = 0; i < obligors.factor_weight.size(); ++i) {
        if (std::isfinite(obligors.factor_weight[i])) continue;
        refuse_input(obligor_place("factor_weight", i / factors.factor_count) + "[" +
                         std::to_string(i % factors.factor_count) + "]",
                     "must be finite");
    }
}

}  // namespace seawall::debt
