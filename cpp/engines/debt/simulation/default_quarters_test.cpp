#include "engines/debt/simulation/default_quarters.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

#include "engines/debt/simulation/default_quarters_fixture.hpp"
#include "engines/debt/simulation/loss_simulation.hpp"
#include "errors/error.hpp"
#include "numeric/uniform.hpp"

BOOST_AUTO_TEST_SUITE(default_quarters_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// The same as the engine finds them.
std::vector<std::uint8_t> quarters_found(const LossBook& book, const Factors& factors,
                                         const std::vector<double>& cumulative,
                                         std::uint64_t seed) {
    const StandardObligors obligors = book.standard(factors);
    const DefaultQuarters quarters = quarters_of(obligors, factors, cumulative);
    std::vector<std::uint64_t> scenarios(block_scenarios);
    std::iota(scenarios.begin(), scenarios.end(), 0U);
    std::vector<std::uint32_t> row(book.obligors.size());
    std::iota(row.begin(), row.end(), 0U);
    const PositionsByObligor positions = positions_by_obligor(row, row.size());
    std::vector<std::uint8_t> result(row.size() * block_scenarios, none);
    visit_blocks(groups_of(book.obligors, factors), {.seed = seed, .scenario = scenarios},
                 fastest_default_kernel(), [&](const DefaultedBlock& block) {
                     visit_lanes(block.masks, positions, [&](std::span<const DefaultedLane> lanes) {
                         std::vector<std::uint8_t> quarter(lanes.size());
                         LaneProducts products(obligors.factor_count);
                         products.set(obligors, block, lanes);
                         quarters.find(block, lanes, products, quarter);
                         for (std::size_t i = 0; i < lanes.size(); ++i) {
                             result[lanes[i].row * block_scenarios + lanes[i].scenario] =
                                 quarter[i];
                         }
                     });
                 });
    return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(quarters_are_those_of_the_canonical_rule) {
    for (const double degrees_of_freedom : {infinity, 4.0, 2.1}) {
        const Factors factors(3, 0.2, degrees_of_freedom);
        LossBook book = random_loss_book(600, factors, 51);
        for (std::size_t i = 0; i < book.obligors.size(); i += 3) {  // hard ones
            set_systematic_share(book.obligors[i].factor_weight, factors.model(), 0.9999);
        }
        for (const std::size_t quarter_count : {1U, 2U, 8U, 39U, 40U}) {
            const auto cumulative = rising_probabilities(book, quarter_count);
            const auto expected = quarters_literally(book, factors, cumulative, 5);
            const auto found = quarters_found(book, factors, cumulative, 5);
            BOOST_TEST((found == expected));
            const auto last = static_cast<std::uint8_t>(quarter_count - 1);
            BOOST_TEST(std::ranges::count(expected, last) > 0);
            BOOST_TEST(std::ranges::count(expected, 0) > 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_draw_equal_to_a_threshold_is_not_below_it) {
    // With no factor p is the PD: a PD of U·2⁻⁴⁸ makes the threshold the draw itself.
    const Factors factors(1);
    constexpr std::uint64_t seed = 7;
    LossBook book;
    std::vector<double> cumulative;
    std::vector<std::uint8_t> expected;
    for (std::uint32_t slot = 0; slot < 500; ++slot) {
        const std::uint64_t draw = default_uniform_48(seed, 0, slot);
        const double probability = static_cast<double>(draw) * 0x1p-48;
        const auto limit_of = [&](double p) {
            const std::vector<float> loading{0.0F};
            const std::vector<double> z{0.0};
            return conditional_default_limit(normal_quantile(p), loading, {.factor = z});
        };
        if (limit_of(probability) != draw) continue;  // the quantile's rounding
        const double more = probability + 0x1.8p-48;
        if (limit_of(more) != draw + 1) continue;
        book.obligors.push_back(
            {.slot = slot, .default_threshold = infinity, .factor_weight = {0.0}});
        book.default_probability.push_back(1.0);
        for (const double p : {probability, more, 1.0}) cumulative.push_back(p);
    }
    BOOST_TEST(book.obligors.size() > 50U);
    const auto found = quarters_found(book, factors, cumulative, seed);
    for (std::size_t i = 0; i < book.obligors.size(); ++i) {
        BOOST_TEST(int{found[i * block_scenarios]} == 1);
    }
}

BOOST_AUTO_TEST_CASE(the_losses_of_eight_quarters_are_those_of_one_period_with_a_flat_exposure) {
    for (const double degrees_of_freedom : {infinity, 4.0}) {
        const Factors factors(3, 0.2, degrees_of_freedom);
        LossBook book = random_loss_book(300, factors, 52);
        const StandardObligors obligors = book.standard(factors);
        const ObligorGroups groups = groups_of(book.obligors, factors);
        const SimulationRange range{.seed = 6, .count = 200};
        const auto cumulative = rising_probabilities(book, 8);
        const auto quarters = quarters_of(obligors, factors, cumulative);
        BOOST_TEST(simulate_losses(groups, book.fixed_rule_by_quarter(quarters), range, {}) ==
                   simulate_losses(groups, book.fixed_rule(), range, {}));
        BOOST_TEST(
            simulate_losses(groups, book.rule_by_quarter(obligors, factors, quarters), range, {}) ==
            simulate_losses(groups, book.rule(obligors, factors), range, {}));
    }
}

BOOST_AUTO_TEST_CASE(quarters_of_other_obligors_are_refused) {
    const Factors factors(2);
    const LossBook book = random_loss_book(20, factors, 55);
    const LossBook other = random_loss_book(21, factors, 55);
    const StandardObligors obligors = book.standard(factors), others = other.standard(factors);
    const auto quarters = quarters_of(others, factors, rising_probabilities(other, 3));
    const auto is_refused = [](const Error& error) {
        return error.code() == ErrorCode::invalid_input && error.where() == "quarters";
    };
    BOOST_CHECK_EXCEPTION(book.rule_by_quarter(obligors, factors, quarters), Error, is_refused);
    BOOST_CHECK_EXCEPTION(book.fixed_rule_by_quarter(quarters), Error, is_refused);
}

BOOST_AUTO_TEST_CASE(a_higher_probability_of_default_never_makes_a_default_later) {
    const Factors factors(2, 0.3, 4.0);
    LossBook book = random_loss_book(500, factors, 54);
    auto cumulative = rising_probabilities(book, 6);
    const auto before = quarters_found(book, factors, cumulative, 11);
    for (double& probability : cumulative) probability = std::min(1.0, probability * 1.3 + 0.001);
    for (std::size_t i = 0; i < book.obligors.size(); ++i) {
        book.default_probability[i] = cumulative[6 * i + 5];
        book.obligors[i].default_threshold =
            default_thresholds(std::vector<double>{cumulative[6 * i + 5]}, factors.model())[0];
    }
    const auto after = quarters_found(book, factors, cumulative, 11);
    std::size_t earlier = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        BOOST_TEST(after[i] <= before[i]);
        earlier += after[i] < before[i] ? 1 : 0;
    }
    BOOST_TEST(earlier > 100U);
}

BOOST_AUTO_TEST_CASE(defaults_by_quarter_are_as_many_as_the_probabilities_say) {
    const Factors factors(1, 0.0, 4.0);
    LossBook book;
    for (std::uint32_t i = 0; i < 40; ++i) {
        book.obligors.push_back(
            {.slot = i,
             .default_threshold = default_thresholds(std::vector<double>{0.3}, factors.model())[0],
             .factor_weight = {0.5}});
        book.default_probability.push_back(0.3);
    }
    const StandardObligors obligors = book.standard(factors);
    std::vector<double> cumulative;
    for (int i = 0; i < 40; ++i) cumulative.insert(cumulative.end(), {0.05, 0.15, 0.3});
    const ObligorGroups groups = groups_of(book.obligors, factors);
    std::vector<std::uint32_t> row(40);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t quarter = 0; quarter < 3; ++quarter) {
        std::vector<std::int64_t> loss(120);
        for (std::size_t i = 0; i < 40; ++i) loss[3 * i + quarter] = 1;
        const FixedLosses rule({.obligor_count = 40, .obligor_row = row, .loss_minor = loss},
                               quarters_of(obligors, factors, cumulative));
        const LossMoments moments = loss_moments(
            simulate_losses(groups, rule, {.seed = 13 + quarter, .count = 20'000}, {}));
        const double expected = 40.0 * 0.05 * static_cast<double>(quarter + 1);
        BOOST_TEST(std::abs(moments.expected_minor - expected) <
                   4.0 * moments.standard_error_minor);
    }
}

BOOST_AUTO_TEST_CASE(columns_out_of_range_are_refused_at_their_place) {
    const Factors factors(1);
    LossBook book;
    for (std::uint32_t i = 0; i < 2; ++i) {
        book.obligors.push_back(
            {.slot = i, .default_threshold = normal_quantile(0.3), .factor_weight = {0.5}});
    }
    const StandardObligors obligors = book.standard(factors);
    const auto refusal = [&](std::vector<double> cumulative, std::size_t quarter_count) {
        try {
            const DefaultQuarters quarters(
                obligors, factors.model(),
                {.quarter_count = quarter_count, .cumulative_default_probability = cumulative});
        } catch (const Error& error) {
            BOOST_TEST((error.code() == ErrorCode::invalid_input));
            return error.where();
        }
        return std::string("none");
    };
    const std::string column = "quarters.cumulative_default_probability";
    const double nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(refusal({0.1, 0.3, 0.3, 0.3}, 2) == "none");
    BOOST_TEST(refusal({0.1, 0.3, 0.31, 0.3}, 2) == column + "[1][1]");
    BOOST_TEST(refusal({0.1, 0.3, 0.1, 0.2}, 2) == column + "[1][1]");
    BOOST_TEST(refusal({-0.1, 0.3, 0.1, 0.3}, 2) == column + "[0][0]");
    BOOST_TEST(refusal({nan, 0.3, 0.1, 0.3}, 2) == column + "[0][0]");
    BOOST_TEST(refusal({0.1, 0.3, 0.1, 1.3}, 2) == column + "[1][1]");
    BOOST_TEST(refusal({0.1, 0.3, 0.1}, 2) == column);
    BOOST_TEST(refusal({}, 0) == "quarters.quarter_count");
    BOOST_TEST(refusal(std::vector<double>(82, 0.3), 41) == "quarters.quarter_count");
    BOOST_TEST(refusal(std::vector<double>(80, 0.3), 40) == "none");
}

BOOST_AUTO_TEST_SUITE_END()
