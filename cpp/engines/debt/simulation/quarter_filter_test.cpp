#include "engines/debt/simulation/quarter_filter.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <numeric>

#include "engines/debt/simulation/default_quarters_fixture.hpp"
#include "engines/debt/simulation/loss_simulation.hpp"

BOOST_AUTO_TEST_SUITE(quarter_filter_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// Twelve obligors' probabilities made 0, and others' 1, from a quarter on.
void make_certain(std::vector<double>& cumulative, LossBook& book, std::size_t quarter_count) {
    for (std::size_t i = 0; i < 12; ++i) {
        for (std::size_t q = 0; q < quarter_count; ++q) {
            cumulative[i * quarter_count + q] = q + i < quarter_count + 3 ? 0.0 : 0.4;
            cumulative[(i + 20) * quarter_count + q] = q < i ? 0.1 : 1.0;
        }
        book.default_probability[i] = cumulative[(i + 1) * quarter_count - 1];
        book.default_probability[i + 20] = cumulative[(i + 21) * quarter_count - 1];
    }
}

std::vector<std::uint8_t> quarters_by(InstructionSet set, const LossBook& book,
                                      const Factors& factors, const std::vector<double>& cumulative,
                                      std::uint64_t seed) {
    const StandardObligors obligors = book.standard(factors);
    const std::size_t quarter_count = cumulative.size() / obligors.obligor_count();
    std::vector<double> threshold = default_thresholds(cumulative, factors.model());
    for (std::size_t i = 0; i < threshold.size(); ++i) {
        threshold[i] = standardise_threshold(threshold[i], obligors.loading_of(i / quarter_count));
    }
    const QuarterFilter filter(obligors, threshold, quarter_count);
    std::vector<std::uint64_t> scenarios(block_scenarios);
    std::iota(scenarios.begin(), scenarios.end(), 0U);
    std::vector<std::uint8_t> result(obligors.obligor_count() * block_scenarios);
    visit_blocks(groups_of(book.obligors, factors), {.seed = seed, .scenario = scenarios},
                 fastest_default_kernel(),
                 [&](const DefaultedBlock& block) { filter.find(block, set, result); });
    return result;
}

void check_losses_by_quarter(std::size_t quarter_count) {
    const Factors factors(2, 0.1, 5.0);
    LossBook book = random_loss_book(200, factors, 53);
    const StandardObligors obligors = book.standard(factors);
    const auto cumulative = rising_probabilities(book, quarter_count);
    const auto expected = quarters_literally(book, factors, cumulative, 9);
    std::vector<std::uint32_t> row;
    std::vector<std::int64_t> amount;
    for (const Position& position : book.positions) {
        row.push_back(position.obligor);
        for (std::size_t q = 1; q <= quarter_count; ++q) {
            amount.push_back(position.exposure_minor / static_cast<std::int64_t>(q));
        }
    }
    std::vector<std::int64_t> losses(block_scenarios);
    for (std::size_t i = 0; i < row.size(); ++i) {
        for (std::size_t s = 0; s < block_scenarios; ++s) {
            const std::uint8_t quarter = expected[row[i] * block_scenarios + s];
            if (quarter != none) losses[s] += amount[quarter_count * i + quarter];
        }
    }
    const SimulationRange range{.seed = 9, .count = block_scenarios};
    const ObligorGroups groups = groups_of(book.obligors, factors);
    const FixedLosses fixed(
        {.obligor_count = book.obligors.size(), .obligor_row = row, .loss_minor = amount},
        quarters_of(obligors, factors, cumulative));
    BOOST_TEST(simulate_losses(groups, fixed, range, {}) == losses);
    // With an LGD of 1 the parametric rule loses the exposure.
    const std::vector<double> ones(row.size(), 1.0), dispersion(row.size(), 0.2);
    const ParametricLosses parametric(obligors, factors.model(),
                                      {.default_probability = book.default_probability,
                                       .obligor_row = row,
                                       .exposure_minor = amount,
                                       .loss_given_default = ones,
                                       .dispersion = dispersion},
                                      quarters_of(obligors, factors, cumulative));
    BOOST_TEST(simulate_losses(groups, parametric, range, {}) == losses);
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_kernel_finds_the_quarters_of_the_canonical_rule) {
    for (const double degrees_of_freedom : {infinity, 2.1}) {
        const Factors factors(3, 0.2, degrees_of_freedom);
        LossBook book = random_loss_book(1700, factors, 51);         // of more than a tile
        for (std::size_t i = 0; i < book.obligors.size(); i += 3) {  // hard ones
            set_systematic_share(book.obligors[i].factor_weight, factors.model(), 0.9999);
        }
        for (const std::size_t quarter_count : {1U, 2U, 8U, 40U}) {
            auto cumulative = rising_probabilities(book, quarter_count);
            make_certain(cumulative, book, quarter_count);
            for (std::size_t i = 0; i < book.obligors.size(); ++i) {
                book.obligors[i].default_threshold = default_thresholds(
                    std::vector<double>{book.default_probability[i]}, factors.model())[0];
            }
            auto expected = quarters_literally(book, factors, cumulative, 5);
            for (std::uint8_t& quarter : expected) {
                if (quarter == none) quarter = static_cast<std::uint8_t>(quarter_count);
            }
            for (const InstructionSet set : default_kernels()) {
                BOOST_TEST((quarters_by(set, book, factors, cumulative, 5) == expected));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_threshold_beyond_a_float_is_left_to_the_canonical_rule) {
    const Factors factors(1);
    LossBook book;
    for (std::uint32_t i = 0; i < 3; ++i) {
        book.obligors.push_back({.slot = i, .default_threshold = 0.0, .factor_weight = {0.3}});
    }
    const std::vector<double> threshold{-1e200, 0.0, 1e200, 1e200, 0.0, 0.0};
    const StandardObligors obligors = book.standard(factors);
    const QuarterFilter filter(obligors, threshold, 2);
    const std::vector<std::uint64_t> scenarios{7};
    const std::vector<std::uint16_t> masks{1, 1, 0};
    const SystematicStates states({.seed = 3, .scenario = scenarios}, 1, MixingVariable(infinity));
    for (const InstructionSet set : default_kernels()) {
        std::vector<std::uint8_t> quarter(3 * block_scenarios);
        filter.find({.states = &states, .first = 0, .count = 1, .seed = 3, .masks = masks}, set,
                    quarter);
        BOOST_TEST(int{quarter[0]} == 1);
        BOOST_TEST(int{quarter[block_scenarios]} == 0);
        BOOST_TEST(int{quarter[2 * block_scenarios]} > 0);
    }
}

BOOST_AUTO_TEST_CASE(a_position_loses_what_it_has_in_the_quarter_of_default) {
    check_losses_by_quarter(4);   // all defaults are found at once
    check_losses_by_quarter(40);  // one after another
}

BOOST_AUTO_TEST_SUITE_END()
