#include "engines/debt/simulation/loss_simulation.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>
#include <stop_token>

#include "engines/debt/simulation/fixed_losses.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(loss_simulation_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;

namespace {

/// A position for each obligor, of its loss.
FixedLosses rule_of(const std::vector<Obligor>& obligors) {
    std::vector<std::uint32_t> row(obligors.size());
    std::iota(row.begin(), row.end(), 0U);
    std::vector<std::int64_t> loss;
    for (const Obligor& obligor : obligors) loss.push_back(obligor.loss_minor);
    return FixedLosses({.obligor_count = row.size(), .obligor_row = row, .loss_minor = loss});
}

/// Obligors of any kind: ordinary ones, one that defaults always and one that never does.
std::vector<Obligor> obligors_of(std::size_t count, const Factors& factors) {
    auto obligors = random_obligors(count, factors, 21);
    obligors[count / 3].default_threshold = infinity;
    obligors[count / 2].default_threshold = -infinity;
    return obligors;
}

/// Loses as FixedLosses does in `counted` scenarios of each block, and nothing in the others.
class FewerScenarios final : public LossRule {
  public:
    explicit FewerScenarios(const LossRule& rule) : rule_(rule) {}
    std::size_t position_count() const override { return rule_.position_count(); }
    void add_losses(const DefaultedBlock& block, std::span<std::int64_t> total_minor,
                    std::span<std::int64_t> position_minor) const override {
        DefaultedBlock fewer = block;
        std::vector<std::uint16_t> masks(block.masks.begin(), block.masks.end());
        for (std::uint16_t& mask : masks) mask &= 0x7FU;
        fewer.masks = masks;
        rule_.add_losses(fewer, total_minor, position_minor);
    }

  private:
    const LossRule& rule_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(fixed_losses_by_the_rule_are_those_of_the_fast_run_whatever_the_way) {
    const Factors factors(4, 0.3, 3.0);
    const auto obligors = obligors_of(2500, factors);
    const ObligorGroups groups = groups_of(obligors, factors);
    const FixedLosses rule = rule_of(obligors);
    const SimulationRange range{.seed = 21, .first_scenario = (1ULL << 32U) - 50, .count = 150};
    const auto expected = simulate_losses(groups, range, {});
    BOOST_TEST(simulate_losses(groups, rule, range, {}) == expected);
    for (const InstructionSet set : default_kernels()) {
        for (const std::size_t threads : {1U, 2U, 7U}) {
            for (const std::size_t task_scenarios : {1U, 16U, 40U, 1024U}) {
                const auto found =
                    simulate_losses(groups, rule, range, {.threads = threads},
                                    {.instruction_set = set, .task_scenarios = task_scenarios});
                BOOST_TEST(found == expected);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_range_may_be_split_anywhere) {
    const Factors factors(2);
    const auto obligors = obligors_of(90, factors);
    const ObligorGroups groups = groups_of(obligors, factors);
    const FixedLosses rule = rule_of(obligors);
    const auto expected = simulate_losses(groups, rule, {.seed = 3, .count = 100}, {});
    for (const std::size_t split : {0U, 1U, 16U, 37U, 100U}) {
        auto losses = simulate_losses(groups, rule, {.seed = 3, .count = split}, {});
        const auto rest = simulate_losses(
            groups, rule, {.seed = 3, .first_scenario = split, .count = 100 - split}, {});
        losses.insert(losses.end(), rest.begin(), rest.end());
        BOOST_TEST(losses == expected);
    }
}

BOOST_AUTO_TEST_CASE(a_book_of_many_windows_has_the_same_masks_in_each) {
    // Slots far apart: eight places to an obligor, so that few blocks share a window.
    const Factors factors(1);
    std::vector<Obligor> obligors(90'000);
    for (std::size_t i = 0; i < obligors.size(); ++i) {
        obligors[i] = {.slot = static_cast<std::uint32_t>(8 * i + i % 8),
                       .default_threshold = -2.0,
                       .factor_weight = {0.4},
                       .loss_minor = static_cast<std::int64_t>(i)};
    }
    const ObligorGroups groups = groups_of(obligors, factors);
    const SimulationRange range{.seed = 4, .count = 70};
    BOOST_TEST(simulate_losses(groups, rule_of(obligors), range, {}) ==
               simulate_losses(groups, range, {}));
}

BOOST_AUTO_TEST_CASE(several_positions_of_an_obligor_lose_together) {
    const Factors factors(2);
    auto obligors = obligors_of(60, factors);
    const ObligorGroups groups = groups_of(obligors, factors);
    const SimulationRange range{.seed = 9, .count = 200};
    std::vector<std::uint32_t> row;
    std::vector<std::int64_t> loss;
    for (std::size_t i = 0; i < obligors.size(); ++i) {
        for (const std::int64_t part :
             {obligors[i].loss_minor / 3, obligors[i].loss_minor - obligors[i].loss_minor / 3}) {
            row.push_back(static_cast<std::uint32_t>(i));
            loss.push_back(part);
        }
    }
    const FixedLosses rule({.obligor_count = 60, .obligor_row = row, .loss_minor = loss});
    BOOST_TEST(simulate_losses(groups, rule, range, {}) == simulate_losses(groups, range, {}));
}

BOOST_AUTO_TEST_CASE(a_replayed_tail_adds_up_to_its_losses_and_its_contributions_to_the_shortfall) {
    const Factors factors(3, 0.2);
    const auto obligors = obligors_of(150, factors);
    const ObligorGroups groups = groups_of(obligors, factors);
    const FixedLosses rule = rule_of(obligors);
    const SimulationRange range{.seed = 5, .first_scenario = 100, .count = 3000};
    const auto losses = simulate_losses(groups, rule, range, {});
    const TailRisk tail = tail_risk(losses, {93, 100});
    const LossReplay one = replay_losses(groups, rule, range, losses, tail, {.threads = 1});
    const TailLosses& replayed = one.money;
    std::int64_t above = 0, at = 0;
    for (const std::int64_t loss : losses) {
        above += loss > tail.var_minor ? loss : 0;
        at += loss == tail.var_minor ? loss : 0;
    }
    const auto sum = [](const std::vector<std::int64_t>& values) {
        return std::accumulate(values.begin(), values.end(), std::int64_t{0});
    };
    BOOST_TEST(sum(replayed.above_minor) == above);
    BOOST_TEST(sum(replayed.at_minor) == at);
    const LossReplay seven = replay_losses(groups, rule, range, losses, tail, {.threads = 7});
    BOOST_TEST(seven.money.above_minor == replayed.above_minor);
    BOOST_TEST(seven.money.at_minor == replayed.at_minor);

    std::vector<std::int64_t> loss_at_default;
    for (const Obligor& obligor : obligors) loss_at_default.push_back(obligor.loss_minor);
    const TailDefaults defaults = replay_tail(groups, range, losses, tail, {});
    for (const LossReplay* replay : {&one, &seven}) {
        BOOST_TEST(replay->defaults.above_count == defaults.above_count);
        BOOST_TEST(replay->defaults.at_count == defaults.at_count);
    }
    BOOST_TEST(contributions_minor(replayed, tail) ==
               contributions_minor(defaults, loss_at_default, tail));
    const auto whole = whole_contributions_minor(replayed, tail);
    BOOST_TEST(whole == whole_contributions_minor(defaults, loss_at_default, tail));
    BOOST_TEST(sum(whole) == std::llround(tail.es_minor));
}

BOOST_AUTO_TEST_CASE(a_tail_of_another_rule_is_refused) {
    const Factors factors(2);
    const auto obligors = obligors_of(50, factors);
    const ObligorGroups groups = groups_of(obligors, factors);
    const FixedLosses rule = rule_of(obligors);
    const SimulationRange range{.seed = 5, .count = 300};
    const auto losses = simulate_losses(groups, rule, range, {});
    const TailRisk tail = tail_risk(losses, {90, 100});
    BOOST_CHECK_EXCEPTION(replay_losses(groups, FewerScenarios(rule), range, losses, tail, {}),
                          Error, [](const Error& error) {
                              return error.code() == ErrorCode::invalid_input &&
                                     error.where() == "loss_minor";
                          });
}

BOOST_AUTO_TEST_CASE(a_tail_whose_sum_needs_more_than_64_bits_is_refused_before_the_replay) {
    const std::vector<Obligor> obligors(1, {.slot = 0,
                                            .default_threshold = infinity,
                                            .factor_weight = {0.4},
                                            .loss_minor = 0x4000'0000'0000'0000});
    const ObligorGroups groups = groups_of(obligors, Factors(1));
    const FixedLosses rule = rule_of(obligors);
    const SimulationRange range{.seed = 5, .count = 2};
    const auto losses = simulate_losses(groups, rule, range, {});
    const TailRisk tail = tail_risk(losses, {1, 2});
    BOOST_CHECK_EXCEPTION(
        replay_losses(groups, rule, range, losses, tail, {}), Error, [](const Error& error) {
            return error.code() == ErrorCode::limit_exceeded && error.where() == "tail";
        });
}

BOOST_AUTO_TEST_CASE(a_rule_of_other_obligors_is_refused) {
    const Factors factors(1);
    const auto obligors = random_obligors(5, factors, 1);
    const FixedLosses rule({.obligor_count = 4});
    BOOST_CHECK_EXCEPTION(
        simulate_losses(groups_of(obligors, factors), rule, {.seed = 1, .count = 3}, {}), Error,
        [](const Error& error) { return error.where() == "groups"; });
}

BOOST_AUTO_TEST_CASE(positions_out_of_range_are_refused_at_their_place) {
    const auto refusal = [](std::vector<std::uint32_t> row, std::vector<std::int64_t> loss) {
        try {
            const FixedLosses rule({.obligor_count = 3, .obligor_row = row, .loss_minor = loss});
        } catch (const Error& error) {
            return std::string(code_name(error.code())) + " " + error.where();
        }
        return std::string("none");
    };
    BOOST_TEST(refusal({0, 2}, {1, 1}) == "none");
    BOOST_TEST(refusal({0, 3}, {1, 1}) == "invalid_input positions.obligor_row[1]");
    BOOST_TEST(refusal({0, 1}, {1, -1}) == "invalid_input positions.loss_minor[1]");
    BOOST_TEST(refusal({0}, {1, 1}) == "invalid_input positions.loss_minor");
    BOOST_TEST(refusal({0, 0}, {0x4000'0000'0000'0000, 0}) == "none");
    BOOST_TEST(refusal({0, 0}, {0x4000'0000'0000'0000, 1}) ==
               "limit_exceeded positions.loss_minor");
}

BOOST_AUTO_TEST_CASE(progress_counts_scenarios_and_a_stop_is_an_error) {
    const Factors factors(1);
    const auto obligors = random_obligors(10, factors, 1);
    const ObligorGroups groups = groups_of(obligors, factors);
    const FixedLosses rule = rule_of(obligors);
    const SimulationRange range{.seed = 1, .count = 100};
    std::atomic<std::uint64_t> completed{0};
    const std::stop_source stop;
    const seawall::ParallelOptions parallel{
        .threads = 1, .control = {.stop = stop.get_token(), .completed_units = &completed}};
    const auto losses = simulate_losses(groups, rule, range, parallel);
    BOOST_TEST(completed == 100U);
    const TailRisk tail = tail_risk(losses, {80, 100});
    completed = 0;
    replay_losses(groups, rule, range, losses, tail, parallel);
    BOOST_TEST(completed == tail.above_count + tail.at_count);
    stop.request_stop();
    const auto is_cancelled = [](const Error& error) {
        return error.code() == ErrorCode::cancelled;
    };
    BOOST_CHECK_EXCEPTION(simulate_losses(groups, rule, range, parallel), Error, is_cancelled);
    BOOST_CHECK_EXCEPTION(replay_losses(groups, rule, range, losses, tail, parallel), Error,
                          is_cancelled);
}

BOOST_AUTO_TEST_SUITE_END()
