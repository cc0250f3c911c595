#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "bindings/named_arrays.hpp"
#include "engines/debt/simulation/conditional_factors.hpp"
#include "engines/debt/simulation/factor_model.hpp"
#include "engines/debt/simulation/loss_rule.hpp"
#include "engines/debt/simulation/obligor_groups.hpp"
#include "engines/debt/simulation/recovery_units.hpp"
#include "engines/debt/simulation/sampling_record.hpp"
#include "engines/debt/simulation/standard_obligors.hpp"
#include "engines/debt/simulation/tail_risk.hpp"

namespace seawall::bindings {

/// Obligors ready for the kernels, and what their defaults cost.
struct DefaultSimulation {
    std::vector<double> correlation;
    double degrees_of_freedom = 0.0;
    std::vector<double> root;  ///< L, of shape (factor, factor)
    debt::ObligorGroups groups;
    debt::StandardObligors obligors;                 ///< with a rule that reads them
    std::vector<std::uint32_t> obligor_of_position;  ///< (position_count,)
    std::vector<std::int64_t> position_loss_minor;   ///< (position_count,); empty with a rule
    std::unique_ptr<const debt::LossRule> rule;      ///< null where each position's loss is fixed
    std::optional<debt::ConditionalFactors> given;   ///< the factors' law, if not N(0, C)

    const debt::ConditionalFactors* conditional() const { return given ? &*given : nullptr; }

    debt::FactorModel model() const {
        return {.factor_count = groups.factor_count,
                .correlation = correlation,
                .degrees_of_freedom = degrees_of_freedom};
    }
};

/// Which losses the positions have follows from their columns.

struct SimulationArrays {
    const Arrays& obligors;
    const Arrays& positions;
    const Arrays& factors;
    const std::optional<Arrays>& pools;  ///< of a waterfall
    const std::optional<Arrays>& macro;  ///< values that the factors are conditioned on
    debt::LiquidationTerms liquidation{};
    std::span<const double> discount_factor{};  ///< of a waterfall by quarter
};
std::shared_ptr<DefaultSimulation> make_default_simulation(const SimulationArrays& arrays,
                                                           double degrees_of_freedom);

/// A type of its own, since pybind11 takes a variant apart.
struct Sampling {
    debt::SamplingRecord record;
};
/// How scenarios are drawn; none: plainly.
using OptionalSampling = std::optional<Sampling>;
debt::PreparedSampling prepare(const OptionalSampling& sampling,
                               const DefaultSimulation& simulation, std::uint64_t seed);

/// The losses, or the weights, of scenarios as Python keeps them: a buffer.
template <typename Number>
class ScenarioBuffer {
  public:
    ScenarioBuffer(const pybind11::buffer& values, const char* place) : info_(values.request()) {
        if (info_.ndim != 1 || !info_.item_type_is_equivalent_to<Number>() ||
            (info_.size > 1 && info_.strides[0] != info_.itemsize)) {
            throw Error(ErrorCode::invalid_input, place,
                        "must be a contiguous array of 1 dimension of its type");
        }
    }
    std::span<const Number> values() const {
        return {static_cast<const Number*>(info_.ptr), static_cast<std::size_t>(info_.size)};
    }

  private:
    pybind11::buffer_info info_;
};
using LossBuffer = ScenarioBuffer<std::int64_t>;
using WeightBuffer = ScenarioBuffer<std::uint32_t>;

/// Numerator and denominator.
using Level = std::pair<std::int64_t, std::int64_t>;
inline debt::ConfidenceLevel level_of(const Level& level) {
    return {.numerator = level.first, .denominator = level.second};
}

}  // namespace seawall::bindings
