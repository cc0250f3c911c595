#include "engines/debt/simulation/collateral_shocks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "errors/error.hpp"
#include "numeric/canonical_lanes.hpp"
#include "numeric/exponential.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

constexpr double largest_value = 0x1p62;

std::string pool_place(const char* column, std::size_t row) {
    return place_of("pools." + std::string(column), row);
}

void check_length(const char* column, std::size_t length, std::size_t expected) {
    if (length == expected) return;
    refuse_input("pools." + std::string(column), "must have a value for each pool");
}

void check_numbers(std::span<const std::uint32_t> numbers) {
    std::vector<std::uint32_t> sorted(numbers.begin(), numbers.end());
    std::ranges::sort(sorted);
    const auto twice = std::ranges::adjacent_find(sorted);
    if (twice == sorted.end()) return;
    const auto first = std::ranges::find(numbers, *twice);
    const auto second = std::find(first + 1, numbers.end(), *twice);
    refuse_input(pool_place("number", static_cast<std::size_t>(second - numbers.begin())),
                 "is the number of another pool too");
}

void check(const CollateralColumns& pools, const FactorModel& factors) {
    const std::size_t count = pools.pool_count();
    check_length("owner", pools.owner.size(), count);
    check_length("number", pools.number.size(), count);
    check_length("volatility", pools.volatility.size(), count);
    if (pools.factor_weight.size() != count * factors.factor_count) {
        refuse_input("pools.factor_weight", "must have the shape (pools, factors)");
    }
    check_numbers(pools.number);
    for (std::size_t i = 0; i < count; ++i) {
        if (pools.value_minor[i] < 0)
            refuse_input(pool_place("value_minor", i), "must be at least 0");
        const double volatility = pools.volatility[i];
        const bool is_in_range = volatility >= 0.0 && volatility <= largest_volatility;
        if (!is_in_range) {  // NaN too
            refuse_input(pool_place("volatility", i), "must be from 0 to 4");
        }
    }
    for (std::size_t i = 0; i < pools.factor_weight.size(); ++i) {
        if (std::isfinite(pools.factor_weight[i])) continue;
        refuse_input(pool_place("factor_weight", i / factors.factor_count) + "[" +
                         std::to_string(i % factors.factor_count) + "]",
                     "must be finite");
    }
}

/// σY − σ²/2
double shocked_exponent(double volatility, double shock) {
    return volatility * (shock - 0.5 * volatility);
}

/// E·exp(σY − σ²/2)
double shocked_value(std::int64_t expected_minor, double volatility, double shock) {
    return static_cast<double>(expected_minor) * canonical_exp(shocked_exponent(volatility, shock));
}

}  // namespace

CollateralShocks::CollateralShocks(const CollateralColumns& pools, const FactorModel& factors)
    : factor_count_(factors.factor_count) {
    const std::vector<double> root = correlation_root(factors);
    check(pools, factors);
    pools_.resize(pools.pool_count());
    loading_.resize(pools_.size() * factor_count_);
    for (std::size_t i = 0; i < pools_.size(); ++i) {
        pools_[i].value_minor = pools.value_minor[i];
        pools_[i].number = pools.number[i];
        pools_[i].volatility = pools.volatility[i];
        set_loading(i, pools.factor_weight.subspan(i * factor_count_, factor_count_), root);
        const double most = shocked_value(pools.value_minor[i], pools.volatility[i], largest_shock);
        if (most <= largest_value) continue;
        throw Error(ErrorCode::limit_exceeded, pool_place("value_minor", i),
                    "the pool could be worth more than 2^62 minor units in a scenario");
    }
    if (!factors.is_gaussian()) to_normal_.emplace(factors.degrees_of_freedom, largest_shock);
}

void CollateralShocks::set_loading(std::size_t pool, std::span<const double> factor_weight,
                                   std::span<const double> root) {
    const auto loading = std::span(loading_).subspan(pool * factor_count_, factor_count_);
    double systematic = 0.0;
    for (std::size_t k = 0; k < factor_count_; ++k) {
        for (std::size_t j = 0; j < factor_count_; ++j) {
            loading[k] += root[j * factor_count_ + k] * factor_weight[j];
        }
        systematic += loading[k] * loading[k];
    }
    if (!(systematic <= 1.0))
        refuse_input(pool_place("factor_weight", pool), "a'Ca must be at most 1");
    pools_[pool].own_share = std::sqrt(1.0 - systematic);
}

std::int64_t CollateralShocks::value_minor(std::size_t pool, std::uint64_t seed,
                                           std::uint64_t scenario,
                                           const ScenarioState& state) const {
    if (!moves(pool)) return pools_[pool].value_minor;
    const CollateralDraw draw{static_cast<std::uint32_t>(pool), scenario, state};
    std::int64_t value = 0;
    values_minor(seed, {&draw, 1}, {&value, 1});
    return value;
}

/// Step by step for all of a batch: short loops, whose rounds do not wait for each other.
void CollateralShocks::values_minor(std::uint64_t seed, std::span<const CollateralDraw> draws,
                                    std::span<std::int64_t> values) const {
    std::array<double, draw_batch> shock;
    std::array<std::uint64_t, draw_batch> scenario;
    std::array<std::uint32_t, draw_batch> number;
    for (std::size_t i = 0; i < draws.size(); ++i) {
        scenario[i] = draws[i].scenario;
        number[i] = pools_[draws[i].pool].number;
    }
    const auto uniform = std::span(shock).first(draws.size());
    uniform_53_lanes(seed, RandomStream::collateral, std::span(scenario).first(draws.size()),
                     std::span(number).first(draws.size()), uniform);
    normal_quantile_lanes(uniform, uniform);
    for (std::size_t i = 0; i < draws.size(); ++i) {
        const double* const loading = loading_.data() + draws[i].pool * factor_count_;
        double systematic = 0.0;
        for (std::size_t k = 0; k < factor_count_; ++k) {
            systematic += loading[k] * draws[i].state.factor[k];
        }
        shock[i] = systematic + pools_[draws[i].pool].own_share * shock[i];
    }
    for (std::size_t i = 0; i < draws.size(); ++i) {
        shock[i] = to_normal_ ? (*to_normal_)(shock[i] / draws[i].state.mixing_root)
                              : std::clamp(shock[i], -largest_shock, largest_shock);
    }
    for (std::size_t i = 0; i < draws.size(); ++i) {
        shock[i] = shocked_exponent(pools_[draws[i].pool].volatility, shock[i]);
    }
    const auto power = std::span(shock).first(draws.size());
    canonical_exp_lanes(power, power);
    for (std::size_t i = 0; i < draws.size(); ++i) {
        const auto expected = static_cast<double>(pools_[draws[i].pool].value_minor);
        values[i] = std::llrint(expected * shock[i]);
    }
}

std::int64_t CollateralShocks::largest_value_minor(std::size_t pool) const {
    const Pool& p = pools_[pool];
    if (!moves(pool)) return p.value_minor;
    return std::llrint(shocked_value(p.value_minor, p.volatility, largest_shock));
}

}  // namespace seawall::debt
