#include "engines/debt/simulation/collateral_shocks.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"
#include "numeric/student_t_distribution.hpp"
#include "numeric/uniform.hpp"

BOOST_AUTO_TEST_SUITE(collateral_shocks_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

struct Pools {
    std::vector<std::int64_t> value{1'000'000'000, 1'000'000'000};
    std::vector<std::uint32_t> owner{0, 1};
    std::vector<std::uint32_t> number{4, 9};
    std::vector<double> volatility{0.4, 0.4};
    std::vector<double> weight{0.6, 0.3, 0.2, -0.5};

    CollateralColumns columns() const {
        return {.value_minor = value,
                .owner = owner,
                .number = number,
                .volatility = volatility,
                .factor_weight = weight};
    }
};

/// Visits what pools are worth in a seed's first scenarios.
void for_values(const Pools& pools, const Factors& factors, std::size_t scenario_count,
                const std::function<void(std::span<const std::int64_t>)>& visit) {
    const CollateralShocks shocks(pools.columns(), factors.model());
    const MixingVariable mixing(factors.model().degrees_of_freedom);
    std::vector<double> z(factors.model().factor_count);
    std::vector<std::int64_t> values(shocks.pool_count());
    for (std::uint64_t s = 0; s < scenario_count; ++s) {
        draw_factors(77, s, z);
        const ScenarioState state{.factor = z, .mixing_root = mixing.root(77, s)};
        for (std::size_t p = 0; p < values.size(); ++p) {
            values[p] = shocks.value_minor(p, 77, s, state);
        }
        visit(values);
    }
}

std::vector<std::int64_t> values_in(const Pools& pools, const Factors& factors,
                                    std::size_t scenario) {
    std::vector<std::int64_t> last;
    for_values(pools, factors, scenario + 1,
               [&](auto values) { last.assign(values.begin(), values.end()); });
    return last;
}

std::pair<ErrorCode, std::string> refusal(const Pools& pools, const Factors& factors) {
    try {
        const CollateralShocks shocks(pools.columns(), factors.model());
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::source_unreadable, "none"};
}

void check_refusal(const std::function<void(Pools&)>& change, const std::string& where,
                   ErrorCode code = ErrorCode::invalid_input) {
    Pools pools;
    change(pools);
    const auto [found_code, found_where] = refusal(pools, Factors(2, 0.5));
    BOOST_TEST(static_cast<int>(found_code) == static_cast<int>(code));
    BOOST_TEST(found_where == where);
}

}  // namespace

BOOST_AUTO_TEST_CASE(students_t_becomes_normal_at_the_same_probability) {
    for (const double nu : {2.1, 3.0, 4.0, 10.0, 300.0, 1e9}) {
        const StudentT student(nu);
        const StudentToNormal to_normal(nu, 12.0);
        double worst = 0.0;
        for (double x = 1e-9; normal_quantile(student.cdf(-x)) > -12.0; x = x * 1.013 + 1e-4) {
            const double expected = -normal_quantile(student.cdf(-x));
            worst = std::max(worst, std::abs(to_normal(x) - expected));
            BOOST_REQUIRE_EQUAL(to_normal(-x), -to_normal(x));
        }
        BOOST_TEST_CONTEXT("degrees of freedom " << nu) {
            BOOST_TEST(worst < 2e-13);
        }
        BOOST_TEST(to_normal(1e300) == 12.0);
        BOOST_TEST(to_normal(-1e300) == -12.0);
        BOOST_TEST(std::abs(to_normal(0.0)) < 1e-15);
    }
}

BOOST_AUTO_TEST_CASE(the_expected_value_is_the_stated_one_in_any_copula) {
    for (const double nu : {infinity, 10.0, 4.0, 2.1}) {
        double sum = 0.0;
        double squares = 0.0;
        const std::size_t count = 100'000;
        const Pools pools;
        for_values(pools, Factors(2, 0.5, nu), count, [&](auto values) {
            const double ratio = static_cast<double>(values[0]) / 1e9;
            sum += ratio;
            squares += ratio * ratio;
        });
        const double mean = sum / count;
        const double error = std::sqrt((squares / count - mean * mean) / count);
        BOOST_TEST_CONTEXT("degrees of freedom " << nu) {
            BOOST_TEST(std::abs(mean - 1.0) < 4.0 * error);
            // The variance of a lognormal value, exp(σ²) − 1.
            BOOST_TEST(std::abs(error * error * count - std::expm1(0.16)) < 0.01);
        }
    }
}

BOOST_AUTO_TEST_CASE(shocks_are_standard_normal_and_correlated_as_their_weights_say) {
    for (const double nu : {infinity, 4.0}) {
        double mean = 0.0;
        double square = 0.0;
        double product = 0.0;
        std::size_t below = 0;
        const std::size_t count = 100'000;
        for_values(Pools{}, Factors(2, 0.5, nu), count, [&](auto values) {
            const auto shock = [&](std::size_t p) {
                return (std::log(static_cast<double>(values[p]) / 1e9) + 0.08) / 0.4;
            };
            mean += shock(0);
            square += shock(0) * shock(0);
            product += shock(0) * shock(1);
            below += shock(0) < -1.6448536269514722 ? 1 : 0;
        });
        const double root = std::sqrt(static_cast<double>(count));
        BOOST_TEST(std::abs(mean / count) < 4.0 / root);
        BOOST_TEST(std::abs(square / count - 1.0) < 4.0 * std::sqrt(2.0) / root);
        BOOST_TEST(std::abs(static_cast<double>(below) / count - 0.05) < 4.0 * 0.218 / root);
        // a'Cb of (0.6, 0.3) and (0.2, −0.5)
        if (nu == infinity) BOOST_TEST(std::abs(product / count - (-0.15)) < 4.5 / root);
    }
}

BOOST_AUTO_TEST_CASE(a_value_is_what_the_page_of_the_model_says) {
    const Factors factors(2, 0.5, 4.0);
    const Pools pools;
    std::vector<double> z(2);
    draw_factors(77, 12, z);
    const double root = MixingVariable(4.0).root(77, 12);
    const double eta =
        normal_quantile(stream_uniform_53(77, RandomStream::collateral, 12, pools.number[1]));
    const double first = z[0];
    const double second = 0.5 * z[0] + std::sqrt(0.75) * z[1];
    const double systematic = 0.04 + 0.25 - 0.1;  // a'Ca
    const double t = (0.2 * first - 0.5 * second + std::sqrt(1.0 - systematic) * eta) / root;
    const double shock = normal_quantile(student_t_cdf(t, 4.0));
    const double expected = 1e9 * std::exp(0.4 * shock - 0.08);
    const auto value = static_cast<double>(values_in(pools, factors, 12)[1]);
    BOOST_TEST(std::abs(value - expected) <= 1.0);
}

BOOST_AUTO_TEST_CASE(a_value_without_volatility_never_changes) {
    Pools pools;
    pools.volatility[0] = 0.0;
    pools.value[0] = (std::int64_t{1} << 61U) + 1;
    for_values(pools, Factors(2, 0.5), 50,
               [&](auto values) { BOOST_REQUIRE_EQUAL(values[0], pools.value[0]); });
}

BOOST_AUTO_TEST_CASE(nothing_is_worth_nothing) {
    Pools pools;
    pools.value[0] = 0;
    for_values(pools, Factors(2, 0.5), 50, [&](auto values) { BOOST_REQUIRE_EQUAL(values[0], 0); });
}

BOOST_AUTO_TEST_CASE(a_draw_belongs_to_the_number_and_not_to_the_row) {
    const Pools pools;
    Pools swapped{.value = {1'000'000'000, 1'000'000'000},
                  .owner = {1, 0},
                  .number = {9, 4},
                  .volatility = {0.4, 0.4},
                  .weight = {0.2, -0.5, 0.6, 0.3}};
    for (const std::size_t scenario : {0U, 3U, 40U}) {
        const auto values = values_in(pools, Factors(2, 0.5), scenario);
        const auto others = values_in(swapped, Factors(2, 0.5), scenario);
        BOOST_TEST(values[0] == others[1]);
        BOOST_TEST(values[1] == others[0]);
    }
}

BOOST_AUTO_TEST_CASE(pools_of_one_factor_alone_move_together) {
    Pools pools;
    pools.weight = {1.0, 1.0};
    for_values(pools, Factors(1), 50,
               [&](auto values) { BOOST_REQUIRE_EQUAL(values[0], values[1]); });
}

BOOST_AUTO_TEST_CASE(no_scenario_is_above_the_largest_value) {
    const Pools pools;
    const CollateralShocks shocks(pools.columns(), Factors(2, 0.5).model());
    BOOST_TEST(shocks.largest_value_minor(0) == std::llround(1e9 * std::exp(0.4 * 12.0 - 0.08)));
    std::vector<double> z(2, 1e3);
    BOOST_TEST(shocks.value_minor(0, 1, 1, {.factor = z, .mixing_root = 1.0}) ==
               shocks.largest_value_minor(0));
    std::vector<double> fall(2, -1e3);
    BOOST_TEST(shocks.value_minor(0, 1, 1, {.factor = fall, .mixing_root = 1.0}) ==
               std::llround(1e9 * std::exp(-0.4 * 12.0 - 0.08)));
}

BOOST_AUTO_TEST_CASE(bad_pools_are_refused_at_their_places) {
    const double nan = std::nan("");
    check_refusal([](Pools& p) { p.owner.pop_back(); }, "pools.owner");
    check_refusal([](Pools& p) { p.number.pop_back(); }, "pools.number");
    check_refusal([](Pools& p) { p.volatility.pop_back(); }, "pools.volatility");
    check_refusal([](Pools& p) { p.weight.pop_back(); }, "pools.factor_weight");
    check_refusal([](Pools& p) { p.value[1] = -1; }, "pools.value_minor[1]");
    check_refusal([](Pools& p) { p.number[1] = 4; }, "pools.number[1]");
    check_refusal([](Pools& p) { p.volatility[1] = -0.1; }, "pools.volatility[1]");
    check_refusal([](Pools& p) { p.volatility[1] = 4.1; }, "pools.volatility[1]");
    check_refusal([&](Pools& p) { p.volatility[0] = nan; }, "pools.volatility[0]");
    check_refusal([&](Pools& p) { p.weight[3] = nan; }, "pools.factor_weight[1][1]");
    check_refusal([](Pools& p) { p.weight = {0.2, 0.2, 0.7, 0.6}; }, "pools.factor_weight[1]");
    check_refusal([](Pools& p) { p.value[1] = std::int64_t{1} << 58U; }, "pools.value_minor[1]",
                  ErrorCode::limit_exceeded);
}

BOOST_AUTO_TEST_SUITE_END()
