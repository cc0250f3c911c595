#include "bindings/default_simulation.hpp"

#include <pybind11/stl.h>

#include <algorithm>
#include <string>

#include "engines/debt/simulation/claim_quarters.hpp"
#include "engines/debt/simulation/default_quarters.hpp"
#include "engines/debt/simulation/fixed_losses.hpp"
#include "engines/debt/simulation/parametric_losses.hpp"
#include "engines/debt/simulation/waterfall_losses.hpp"

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
    QuarterColumns quarters;                      ///< none: one period
    std::span<const std::int64_t> fixed_minor{};  ///< (position, quarter) with quarters
    std::span<const std::int64_t> exposure_minor{};
    std::span<const double> loss_given_default{};
    std::span<const double> dispersion{};

    bool is_parametric() const { return !loss_given_default.empty(); }
    bool needs_rule() const { return is_parametric() || quarters.quarter_count > 0; }
};

QuarterColumns quarters_of(const SimulationArrays& arrays, NamedArrays& obligors) {
    if (!arrays.obligors.contains("cumulative_default_probability")) return {};
    const auto cumulative = obligors.take<double>("cumulative_default_probability", 2);
    return {.quarter_count = static_cast<std::size_t>(obligors.shape()[1]),
            .cumulative_default_probability = cumulative};
}

LossColumns columns_of(const SimulationArrays& arrays, NamedArrays& obligors,
                       NamedArrays& positions) {
    LossColumns columns;
    columns.quarters = quarters_of(arrays, obligors);
    const std::size_t dimensions = columns.quarters.quarter_count > 0 ? 2 : 1;
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
        return DefaultQuarters(simulation.obligors, model, columns.quarters);
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
    if (columns.quarters.quarter_count == 0) {
        return std::make_unique<ParametricLosses>(simulation.obligors, model, positions);
    }
    return std::make_unique<ParametricLosses>(simulation.obligors, model, positions, quarters());
}

/// Rows of obligors or pools, −1 where there is none.
std::vector<std::uint32_t> rows_or_none(std::span<const std::int64_t> values, std::size_t limit,
                                        const char* place) {
    std::vector<std::uint32_t> rows;
    rows.reserve(values.size());
    for (const std::int64_t value : values) {
        if (value < -1 || value >= static_cast<std::int64_t>(limit)) {
            throw Error(ErrorCode::invalid_input,
                        std::string(place) + "[" + std::to_string(rows.size()) + "]",
                        "must be a row, or -1");
        }
        rows.push_back(value < 0 ? no_index : static_cast<std::uint32_t>(value));
    }
    return rows;
}

std::vector<std::uint8_t> ranks_of(std::span<const std::int64_t> values, std::size_t limit,
                                   const char* place) {
    const std::vector<std::uint32_t> rows = rows_of(values, limit, place);
    return {rows.begin(), rows.end()};
}

/// The columns of a waterfall as they were given; views of Python's arrays.
struct WaterfallArrays {
    QuarterColumns quarters;                     ///< none: one period
    std::span<const std::int64_t> amount_minor;  ///< (position, quarter) with quarters
    std::span<const std::int64_t> pool, lien_position, seniority, guarantor;
    std::span<const std::int64_t> free_assets_minor, parent;
    std::span<const std::int64_t> value_minor, owner, number;
    std::span<const double> volatility, factor_weight;
};

WaterfallArrays waterfall_arrays(const SimulationArrays& arrays, NamedArrays& obligors,
                                 NamedArrays& positions, NamedArrays& pools) {
    const QuarterColumns quarters = quarters_of(arrays, obligors);
    const std::size_t dimensions = quarters.quarter_count > 0 ? 2 : 1;
    return {.quarters = quarters,
            .amount_minor = positions.take<std::int64_t>("exposure_minor", dimensions),
            .pool = positions.take<std::int64_t>("pool", 1),
            .lien_position = positions.take<std::int64_t>("lien_position", 1),
            .seniority = positions.take<std::int64_t>("seniority", 1),
            .guarantor = positions.take<std::int64_t>("guarantor", 1),
            .free_assets_minor = obligors.take<std::int64_t>("free_assets_minor", 1),
            .parent = obligors.take<std::int64_t>("parent", 1),
            .value_minor = pools.take<std::int64_t>("value_minor", 1),
            .owner = pools.take<std::int64_t>("owner", 1),
            .number = pools.take<std::int64_t>("number", 1),
            .volatility = pools.take<double>("volatility", 1),
            .factor_weight = pools.take<double>("factor_weight", 2)};
}

/// Of amounts of shape (position, quarter), or one each over one period.
std::vector<std::int64_t> last_of_each(std::span<const std::int64_t> amounts,
                                       const QuarterColumns& quarters) {
    const std::size_t count = std::max<std::size_t>(quarters.quarter_count, 1);
    std::vector<std::int64_t> last;
    last.reserve(amounts.size() / count);
    for (std::size_t i = count - 1; i < amounts.size(); i += count) last.push_back(amounts[i]);
    return last;
}

std::unique_ptr<const LossRule> waterfall_of(const DefaultSimulation& simulation,
                                             const WaterfallArrays& arrays,
                                             const SimulationArrays& given) {
    const std::size_t obligors = simulation.groups.obligor_count;
    const auto pool = rows_or_none(arrays.pool, arrays.value_minor.size(), "positions.pool");
    const auto lien = ranks_of(arrays.lien_position, lien_count, "positions.lien_position");
    const auto rank = ranks_of(arrays.seniority, seniority_count, "positions.seniority");
    std::vector<Seniority> seniority;
    seniority.reserve(rank.size());
    for (const std::uint8_t value : rank) seniority.push_back(static_cast<Seniority>(value));
    auto guarantor = rows_or_none(arrays.guarantor, obligors, "positions.guarantor");
    const bool is_guaranteed =
        std::ranges::any_of(guarantor, [](std::uint32_t row) { return row != no_index; });
    if (!is_guaranteed) guarantor.clear();
    const std::vector<std::int64_t> limit(guarantor.size(), no_limit);
    const auto parent = rows_or_none(arrays.parent, obligors, "obligors.parent");
    const auto owner = rows_of(arrays.owner, obligors, "pools.owner");
    const auto number = rows_of(arrays.number, std::size_t{1} << 32U, "pools.number");
    // What is owed by who performs to the end.
    const std::vector<std::int64_t> last = last_of_each(arrays.amount_minor, arrays.quarters);
    const WaterfallBook book{
        .claims = {.amount_minor = last,
                   .estate = simulation.obligor_of_position,
                   .pool = pool,
                   .lien_position = lien,
                   .seniority = seniority,
                   .guarantor = guarantor,
                   .guarantee_limit_minor = limit},
        .pools = {.value_minor = arrays.value_minor,
                  .owner = owner,
                  .number = number,
                  .volatility = arrays.volatility,
                  .factor_weight = arrays.factor_weight},
        .obligors = {.free_assets_minor = arrays.free_assets_minor, .parent = parent},
        .terms = given.liquidation};
    const FactorModel model = simulation.model();
    if (arrays.quarters.quarter_count == 0) return std::make_unique<WaterfallLosses>(book, model);
    return std::make_unique<WaterfallLosses>(
        book, model,
        ClaimQuarters(
            DefaultQuarters(simulation.obligors, model, arrays.quarters),
            {.amount_minor = arrays.amount_minor, .discount_factor = given.discount_factor},
            simulation.obligor_of_position));
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
    std::optional<NamedArrays> named_pools;
    WaterfallArrays waterfall;
    LossColumns columns;
    if (arrays.pools) {
        named_pools.emplace(*arrays.pools, "pools");
        waterfall = waterfall_arrays(arrays, named_obligors, named_positions, *named_pools);
    } else {
        columns = columns_of(arrays, named_obligors, named_positions);
    }
    if (!arrays.discount_factor.empty() && waterfall.quarters.quarter_count == 0) {
        throw Error(ErrorCode::invalid_input, "discount_factors", "is of a waterfall by quarter");
    }
    const bool has_rule = arrays.pools || columns.needs_rule();
    if (!has_rule && columns.fixed_minor.size() != obligor.size()) {
        throw Error(ErrorCode::invalid_input, "positions.loss_minor",
                    "must be as many as positions.obligor");
    }
    MacroValues macro;
    std::optional<NamedArrays> named_macro;
    if (arrays.macro) {
        named_macro.emplace(*arrays.macro, "macro");
        macro = {.value = named_macro->take<double>("value", 1),
                 .covariance = named_macro->take<double>("covariance", 2),
                 .factor_covariance = named_macro->take<double>("factor_covariance", 2)};
    }
    const py::gil_scoped_release release;
    auto made = std::make_shared<DefaultSimulation>();
    made->correlation.assign(correlation.begin(), correlation.end());
    made->degrees_of_freedom = degrees_of_freedom;
    made->groups.factor_count = factor_count;
    const FactorModel model = made->model();
    made->root = correlation_root(model);
    if (arrays.macro) made->given = conditional_factors(model, macro);
    made->obligor_of_position = rows_of(obligor, slot.size(), "positions.obligor");
    const std::vector<std::uint32_t> slots = rows_of(slot, std::size_t{1} << 32U, "obligors.slot");
    const std::vector<double> thresholds = default_thresholds(probability, model);
    if (!has_rule) {
        made->position_loss_minor.assign(columns.fixed_minor.begin(), columns.fixed_minor.end());
    }
    const std::vector<std::int64_t> losses =
        losses_of_obligors(made->obligor_of_position, made->position_loss_minor, slots.size());
    const ObligorColumns obligors{.slot = slots,
                                  .default_threshold = thresholds,
                                  .factor_weight = weight,
                                  .loss_minor = losses};
    made->groups = group_obligors_by_slot(obligors, model);
    if (arrays.pools) {
        if (waterfall.quarters.quarter_count > 0) {
            made->obligors = standard_obligors(obligors, model);
        }
        made->rule = waterfall_of(*made, waterfall, arrays);
    } else if (columns.needs_rule()) {
        made->obligors = standard_obligors(obligors, model);
        made->rule = rule_of(*made, columns, probability);
    }
    return made;
}

PreparedSampling prepare(const OptionalSampling& sampling, const DefaultSimulation& simulation,
                         std::uint64_t seed) {
    return {sampling ? sampling->record : PlainSampling{}, seed, simulation.groups.factor_count,
            simulation.conditional()};
}

}  // namespace seawall::bindings
