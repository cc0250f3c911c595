#include "bindings/default_simulation.hpp"

#include <pybind11/stl.h>

#include <string>

#include "engines/debt/simulation/default_quarters.hpp"
#include "engines/debt/simulation/fixed_losses.hpp"
#include "engines/debt/simulation/parametric_losses.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

std::vector<std::uint32_t> rows_of(std::span<const std::int64_t> values, std::size_t limit,
                                   const char* place) {
    std::vector<std::uint32_t> rows;
    rows.reserve(values.size());
    for (const std::int64_t value : values) {
        if (value < 0 || static_cast<std::uint64_t>(value) >= limit) {
            throw Error(ErrorCode::invalid_input,
                        std::string(place) + "[" + std::to_string(rows.size()) + "]",
                        "must be from 0 to " + std::to_string(limit - 1));
        }
        rows.push_back(static_cast<std::uint32_t>(value));
    }
    return rows;
}

/// What each obligor loses: the sum of its positions. check(ObligorColumns) bounds their sum.
std::vector<std::int64_t> losses_of_obligors(std::span<const std::uint32_t> obligor,
                                             std::span<const std::int64_t> loss_minor,
                                             std::size_t obligor_count) {
    std::vector<std::int64_t> losses(obligor_count);
    for (std::size_t i = 0; i < loss_minor.size(); ++i) {
        std::int64_t& sum = losses[obligor[i]];
        if (loss_minor[i] < 0 || __builtin_add_overflow(sum, loss_minor[i], &sum)) {
            throw Error(
                ErrorCode::invalid_input, "positions.loss_minor[" + std::to_string(i) + "]",
                loss_minor[i] < 0 ? "must be at least 0" : "adds up to more than 64 bits hold");
        }
    }
    return losses;
}

/// The columns of positions and quarters as they were given; views of Python's arrays.
struct LossColumns {
    std::size_t quarter_count = 0;  ///< 0: one period
    std::span<const double> cumulative_default_probability{};
    std::span<const std::int64_t> fixed_minor{};  ///< (position, quarter) with quarters
    std::span<const std::int64_t> exposure_minor{};
    std::span<const double> loss_given_default{};
    std::span<const double> dispersion{};

    bool is_parametric() const { return !loss_given_default.empty(); }
    bool needs_rule() const { return is_parametric() || quarter_count > 0; }
};

LossColumns columns_of(const SimulationArrays& arrays, NamedArrays& obligors,
                       NamedArrays& positions) {
    LossColumns columns;
    if (arrays.obligors.contains("cumulative_default_probability")) {
        columns.cumulative_default_probability =
            obligors.take<double>("cumulative_default_probability", 2);
        columns.quarter_count = static_cast<std::size_t>(obligors.shape()[1]);
    }
    const std::size_t dimensions = columns.quarter_count > 0 ? 2 : 1;
    if (arrays.positions.contains("loss_given_default")) {
        columns.loss_given_default = positions.take<double>("loss_given_default", 1);
        columns.dispersion = positions.take<double>("dispersion", 1);
        columns.exposure_minor = positions.take<std::int64_t>("exposure_minor", dimensions);
    } else {
        columns.fixed_minor = positions.take<std::int64_t>("loss_minor", dimensions);
    }
    return columns;
}

std::unique_ptr<const LossRule> rule_of(const DefaultSimulation& simulation,
                                        const LossColumns& columns,
                                        std::span<const double> default_probability) {
    const FactorModel model = simulation.model();
    const auto quarters = [&] {
        return DefaultQuarters(
            simulation.obligors, model,
            {.quarter_count = columns.quarter_count,
             .cumulative_default_probability = columns.cumulative_default_probability});
    };
    if (!columns.is_parametric()) {
        return std::make_unique<FixedLosses>(
            FixedLossColumns{.obligor_count = simulation.groups.obligor_count,
                             .obligor_row = simulation.obligor_of_position,
                             .loss_minor = columns.fixed_minor},
            quarters());
    }
    const ParametricLossColumns positions{.default_probability = default_probability,
                                          .obligor_row = simulation.obligor_of_position,
                                          .exposure_minor = columns.exposure_minor,
                                          .loss_given_default = columns.loss_given_default,
                                          .dispersion = columns.dispersion};
    if (columns.quarter_count == 0) {
        return std::make_unique<ParametricLosses>(simulation.obligors, model, positions);
    }
    return std::make_unique<ParametricLosses>(simulation.obligors, model, positions, quarters());
}

}  // namespace

std::shared_ptr<DefaultSimulation> make_default_simulation(const SimulationArrays& arrays,
                                                           double degrees_of_freedom) {
    NamedArrays named_factors(arrays.factors, "factors");
    NamedArrays named_obligors(arrays.obligors, "obligors");
    NamedArrays named_positions(arrays.positions, "positions");
    const std::span<const double> correlation = named_factors.take<double>("correlation", 2);
    const auto factor_count = static_cast<std::size_t>(named_factors.shape()[0]);
    const auto slot = named_obligors.take<std::int64_t>("slot", 1);
    const auto probability = named_obligors.take<double>("default_probability", 1);
    const auto weight = named_obligors.take<double>("factor_weight", 2);
    const auto obligor = named_positions.take<std::int64_t>("obligor", 1);
    const LossColumns columns = columns_of(arrays, named_obligors, named_positions);
    if (!columns.needs_rule() && columns.fixed_minor.size() != obligor.size()) {
        throw Error(ErrorCode::invalid_input, "positions.loss_minor",
                    "must be as many as positions.obligor");
    }
    const py::gil_scoped_release release;
    auto made = std::make_shared<DefaultSimulation>();
    made->correlation.assign(correlation.begin(), correlation.end());
    made->degrees_of_freedom = degrees_of_freedom;
    made->groups.factor_count = factor_count;
    const FactorModel model = made->model();
    made->root = correlation_root(model);
    made->obligor_of_position = rows_of(obligor, slot.size(), "positions.obligor");
    const std::vector<std::uint32_t> slots = rows_of(slot, std::size_t{1} << 32U, "obligors.slot");
    const std::vector<double> thresholds = default_thresholds(probability, model);
    if (!columns.needs_rule()) {
        made->position_loss_minor.assign(columns.fixed_minor.begin(), columns.fixed_minor.end());
    }
    const std::vector<std::int64_t> losses =
        losses_of_obligors(made->obligor_of_position, made->position_loss_minor, slots.size());
    const ObligorColumns obligors{.slot = slots,
                                  .default_threshold = thresholds,
                                  .factor_weight = weight,
                                  .loss_minor = losses};
    made->groups = group_obligors_by_slot(obligors, model);
    if (columns.needs_rule()) {
        made->obligors = standard_obligors(obligors, model);
        made->rule = rule_of(*made, columns, probability);
    }
    return made;
}

PreparedSampling prepare(const OptionalSampling& sampling, const DefaultSimulation& simulation,
                         std::uint64_t seed) {
    return {sampling ? sampling->record : PlainSampling{}, seed, simulation.groups.factor_count};
}

}  // namespace seawall::bindings
