#include "engines/debt/simulation/tail_contributions.hpp"

#include <algorithm>
#include <bitset>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(tail_contributions_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// A book, its losses and a tail of them.
struct Tail {
    Factors factors{3, 0.3};
    std::vector<Obligor> obligors;
    ObligorGroups groups;
    SimulationRange range;
    std::vector<std::int64_t> losses;
    TailRisk tail;
    std::vector<std::int64_t> loss_at_default;

    Tail(std::vector<Obligor> book, std::size_t scenarios, const ConfidenceLevel& level)
        : obligors(std::move(book)),
          groups(groups_of(obligors, factors)),
          range{.seed = 5, .first_scenario = 100, .count = scenarios},
          losses(simulate_losses(groups, range, {})),
          tail(tail_risk(losses, level)) {
        for (const Obligor& obligor : obligors) loss_at_default.push_back(obligor.loss_minor);
    }
    TailDefaults replay(std::size_t threads = 1) const {
        return replay_tail(groups, range, losses, tail, {.threads = threads});
    }
};

Tail random_tail(unsigned seed = 3, const ConfidenceLevel& level = {97, 100}) {
    return {random_obligors(150, Factors(3, 0.3), seed), 3000, level};
}

}  // namespace

BOOST_AUTO_TEST_CASE(replayed_losses_are_those_of_the_run) {
    const Tail t = random_tail();
    const TailDefaults defaults = t.replay();
    std::int64_t above = 0, at = 0, wanted_above = 0, wanted_at = 0;
    for (std::size_t i = 0; i < t.loss_at_default.size(); ++i) {
        above += t.loss_at_default[i] * defaults.above_count[i];
        at += t.loss_at_default[i] * defaults.at_count[i];
    }
    for (const std::int64_t loss : t.losses) {
        wanted_above += loss > t.tail.var_minor ? loss : 0;
        wanted_at += loss == t.tail.var_minor ? loss : 0;
    }
    BOOST_TEST(above == wanted_above);
    BOOST_TEST(at == wanted_at);
}

BOOST_AUTO_TEST_CASE(a_replay_over_several_tiles_counts_who_defaults_in_each_scenario) {
    // Sparse slots: a group an obligor, so that there are more groups than a tile has.
    std::vector<Obligor> book = random_obligors(700, Factors(3, 0.3), 12);
    for (std::size_t i = 0; i < book.size(); ++i) {
        book[i].slot = static_cast<std::uint32_t>((book.size() - i) * group_obligors);
    }
    const Tail t(book, 800, {70, 100});
    BOOST_REQUIRE(t.groups.group_count() > 2 * tile_groups);
    TailDefaults wanted{.above_count = std::vector<std::uint32_t>(book.size()),
                        .at_count = std::vector<std::uint32_t>(book.size())};
    std::vector<std::uint16_t> masks(book.size());
    for (std::size_t s = 0; s < t.losses.size(); ++s) {
        if (t.losses[s] < t.tail.var_minor) continue;
        const std::vector<std::uint64_t> one{t.range.first_scenario + s};
        default_masks(t.groups, {.seed = t.range.seed, .scenario = one}, masks);
        auto& counts = t.losses[s] > t.tail.var_minor ? wanted.above_count : wanted.at_count;
        for (std::size_t row = 0; row < book.size(); ++row) counts[row] += masks[row];
    }
    const TailDefaults found = t.replay();
    BOOST_TEST(found.above_count == wanted.above_count);
    BOOST_TEST(found.at_count == wanted.at_count);
}

BOOST_AUTO_TEST_CASE(defaults_are_counted_in_the_lanes_that_are_asked_for) {
    std::vector<std::uint16_t> masks(0x10000);
    for (std::size_t i = 0; i < masks.size(); ++i) masks[i] = static_cast<std::uint16_t>(i);
    std::vector<std::uint32_t> counts(masks.size(), 5);
    count_defaults(masks, 0xFFFFU, counts);
    count_defaults(masks, 0x8003U, counts);
    count_defaults(masks, 0U, counts);
    std::size_t differing = 0;
    for (std::size_t i = 0; i < masks.size(); ++i) {
        const auto bits = std::bitset<16>(i).count() + std::bitset<16>(i & 0x8003U).count();
        differing += counts[i] == 5 + bits ? 0 : 1;
    }
    BOOST_TEST(differing == 0U);
}

BOOST_AUTO_TEST_CASE(contributions_add_up_to_expected_shortfall) {
    for (const ConfidenceLevel level : {ConfidenceLevel{97, 100}, {99'917, 100'000}, {1, 3}}) {
        const Tail t = random_tail(4, level);
        const std::vector<double> parts =
            contributions_minor(t.replay(), t.loss_at_default, t.tail);
        const double sum = std::accumulate(parts.begin(), parts.end(), 0.0);
        BOOST_CHECK_CLOSE_FRACTION(sum, t.tail.es_minor, 1e-13);
    }
}

BOOST_AUTO_TEST_CASE(whole_contributions_add_up_to_the_unit_and_are_within_one) {
    const Tail t = random_tail(5);
    const TailDefaults defaults = t.replay();
    const auto parts = contributions_minor(defaults, t.loss_at_default, t.tail);
    const auto whole = whole_contributions_minor(defaults, t.loss_at_default, t.tail);
    const std::int64_t sum = std::accumulate(whole.begin(), whole.end(), std::int64_t{0});
    BOOST_TEST(sum == std::llround(t.tail.es_minor));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        BOOST_TEST(std::abs(static_cast<double>(whole[i]) - parts[i]) < 1.0 + 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(a_number_of_threads_changes_no_count) {
    const Tail t = random_tail(6, {60, 100});
    const TailDefaults one = t.replay(1), seven = t.replay(7);
    BOOST_TEST(one.above_count == seven.above_count);
    BOOST_TEST(one.at_count == seven.at_count);
}

BOOST_AUTO_TEST_CASE(who_is_certain_to_default_contributes_its_loss) {
    std::vector<Obligor> book = random_obligors(40, Factors(3, 0.3), 7);
    book[11].default_threshold = infinity;
    book[12].default_threshold = -infinity;
    const Tail t(book, 1000, {95, 100});
    const auto parts = contributions_minor(t.replay(), t.loss_at_default, t.tail);
    BOOST_CHECK_CLOSE_FRACTION(parts[11], static_cast<double>(book[11].loss_minor), 1e-12);
    BOOST_TEST(parts[12] == 0.0);
}

BOOST_AUTO_TEST_CASE(a_tail_of_other_losses_is_refused) {
    const Tail t = random_tail();
    std::vector<std::int64_t> others = t.losses;
    for (auto& loss : others) loss += 1;
    BOOST_CHECK_EXCEPTION(replay_tail(t.groups, t.range, others, t.tail, {}), Error,
                          [](const Error& error) { return error.where() == "tail"; });
}

BOOST_AUTO_TEST_SUITE_END()
