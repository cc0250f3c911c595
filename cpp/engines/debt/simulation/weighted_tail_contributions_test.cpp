#include "engines/debt/simulation/weighted_tail_contributions.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "engines/debt/simulation/fixed_losses.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"
#include "engines/debt/simulation/tail_contributions.hpp"
#include "engines/debt/simulation/weighted_loss_replay.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(weighted_tail_contributions_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// A book under a shift, its losses, weights and a tail of them.
struct Tail {
    Factors factors{3, 0.3, 6.0};
    std::vector<Obligor> obligors = random_obligors(150, factors, 3);
    ObligorGroups groups = groups_of(obligors, factors);
    ImportanceShift shift;
    SimulationRange range;
    std::vector<std::int64_t> losses, loss_at_default;
    std::vector<std::uint32_t> weights;
    WeightedTail tail;

    explicit Tail(const ConfidenceLevel& level, std::vector<double> mu = {-1.0, 0.2, -0.4},
                  double tilt = 0.5, std::int64_t loss_unit = 1)
        : shift{.factor_shift = std::move(mu), .mixing_tilt = tilt},
          range{.seed = 5, .count = 3000, .sampling = {.importance = &shift}} {
        for (Obligor& obligor : obligors) {
            obligor.loss_minor = obligor.loss_minor / loss_unit * loss_unit;
            loss_at_default.push_back(obligor.loss_minor);
        }
        groups = groups_of(obligors, factors);
        losses = simulate_losses(groups, range, {});
        weights = scenario_weights(groups, range, {});
        tail = weighted_tail(run(), level);
    }
    Tail(const Tail&) = delete;
    Tail& operator=(const Tail&) = delete;
    ~Tail() = default;

    WeightedScenarios run() const { return {losses, weights}; }
    WeightedDefaults replay(std::size_t threads = 1) const {
        return replay_weighted_tail(groups, range, run(), tail, {.threads = threads});
    }
    WeightedLossSums sums() const { return weighted_loss_sums(replay(), loss_at_default); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(replayed_losses_are_those_of_the_run) {
    const Tail t({97, 100});
    const WeightedLossSums sums = t.sums();
    WideInteger above = 0, at = 0, wanted_above = 0, wanted_at = 0;
    for (std::size_t i = 0; i < t.loss_at_default.size(); ++i) {
        above += sums.above[i];
        at += sums.at[i];
    }
    for (std::size_t s = 0; s < t.losses.size(); ++s) {
        const WideInteger weighted = static_cast<WideInteger>(t.losses[s]) * t.weights[s];
        wanted_above += t.losses[s] > t.tail.var_minor ? weighted : 0;
        wanted_at += t.losses[s] == t.tail.var_minor ? weighted : 0;
    }
    BOOST_TEST((above == wanted_above));
    BOOST_TEST((at == wanted_at));
}

BOOST_AUTO_TEST_CASE(contributions_add_up_to_expected_shortfall) {
    for (const ConfidenceLevel level : {ConfidenceLevel{97, 100}, {99'917, 100'000}, {1, 3}}) {
        const Tail t(level);
        const auto parts = contributions_minor(t.sums(), t.tail);
        const double sum = std::accumulate(parts.begin(), parts.end(), 0.0);
        BOOST_CHECK_CLOSE_FRACTION(sum, t.tail.es_minor, 1e-13);
    }
}

BOOST_AUTO_TEST_CASE(whole_contributions_add_up_to_the_unit_and_are_within_one) {
    for (const std::int64_t unit : {1, 10'000'000}) {  // without atoms, and with
        const Tail t({97, 100}, {-1.0, 0.2, -0.4}, 0.5, unit);
        const WeightedLossSums sums = t.sums();
        const auto parts = contributions_minor(sums, t.tail);
        const auto whole = whole_contributions_minor(sums, t.tail);
        const std::int64_t sum = std::accumulate(whole.begin(), whole.end(), std::int64_t{0});
        BOOST_TEST(sum == std::llround(t.tail.es_minor));
        for (std::size_t i = 0; i < parts.size(); ++i) {
            BOOST_TEST(std::abs(static_cast<double>(whole[i]) - parts[i]) < 1.0 + 1e-6);
        }
    }
}

BOOST_AUTO_TEST_CASE(weights_of_one_give_the_contributions_of_the_plain_tail) {
    const Tail t({97, 100}, {0.0, 0.0, 0.0}, 0.0);
    const TailRisk plain = tail_risk(t.losses, {97, 100});
    const TailDefaults defaults = replay_tail(t.groups, t.range, t.losses, plain, {});
    BOOST_TEST(whole_contributions_minor(t.sums(), t.tail) ==
               whole_contributions_minor(defaults, t.loss_at_default, plain));
}

BOOST_AUTO_TEST_CASE(defaults_beyond_var_are_counted_without_their_weights) {
    const Tail t({97, 100});
    TailRisk plain;
    plain.scenario_count = t.tail.scenario_count;
    plain.var_minor = t.tail.var_minor;
    plain.above_count = t.tail.above_count;
    plain.at_count = t.tail.at_count;
    const TailDefaults defaults = replay_tail(t.groups, t.range, t.losses, plain, {});
    BOOST_TEST(t.replay(3).above_count == defaults.above_count);
}

BOOST_AUTO_TEST_CASE(a_replay_by_a_rule_of_fixed_losses_is_that_of_the_defaults) {
    const Tail t({97, 100});
    std::vector<std::uint32_t> row(t.obligors.size());
    std::iota(row.begin(), row.end(), 0U);
    const FixedLosses rule(
        {.obligor_count = t.obligors.size(), .obligor_row = row, .loss_minor = t.loss_at_default});
    const WeightedLossSums sums = t.sums();
    for (const std::size_t threads : {1U, 5U}) {
        const WeightedReplay replay =
            replay_weighted_losses(t.groups, rule, t.range, t.run(), t.tail, {.threads = threads});
        BOOST_TEST((replay.sums.above == sums.above));
        BOOST_TEST((replay.sums.at == sums.at));
        BOOST_TEST(replay.above_count == t.replay().above_count);
    }
}

BOOST_AUTO_TEST_CASE(a_number_of_threads_changes_no_weight) {
    const Tail t({60, 100});
    const WeightedDefaults one = t.replay(1), seven = t.replay(7);
    BOOST_TEST(one.above_weight == seven.above_weight);
    BOOST_TEST(one.at_weight == seven.at_weight);
}

BOOST_AUTO_TEST_CASE(a_tail_of_other_weights_is_refused) {
    const Tail t({97, 100});
    const std::vector<std::uint32_t> others(t.weights.size(), unit_weight);
    BOOST_CHECK_EXCEPTION(replay_weighted_tail(t.groups, t.range, {t.losses, others}, t.tail, {}),
                          Error, [](const Error& error) { return error.where() == "tail"; });
}

BOOST_AUTO_TEST_CASE(sums_of_another_number_of_obligors_are_refused) {
    const Tail t({97, 100});
    const std::vector<std::int64_t> few(3);
    BOOST_CHECK_EXCEPTION(weighted_loss_sums(t.replay(), few), Error, [](const Error& error) {
        return error.where() == "loss_minor_at_default";
    });
}

BOOST_AUTO_TEST_SUITE_END()
