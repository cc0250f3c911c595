#include "engines/debt/simulation/loss_change.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "engines/debt/simulation/loss_book_fixture.hpp"
#include "engines/debt/simulation/loss_simulation.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(loss_change_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

using Losses = std::vector<std::int64_t>;

Losses difference(const Losses& after, const Losses& before) {
    Losses result(after.size());
    std::ranges::transform(after, before, result.begin(), std::minus());
    return result;
}

/// A few obligors of a book, and the same with other thresholds, losses and one obligor more.
struct Change {
    std::vector<Obligor> before, after;

    explicit Change(const Factors& factors) : after(random_obligors(20, factors, 4)) {
        before = {after.begin(), after.end() - 1};
        for (std::size_t i = 0; i < before.size(); i += 3) {
            before[i].default_threshold -= 0.3;
            before[i].loss_minor += 7;
        }
        before[1].default_threshold = infinity;
        after[2].default_threshold = infinity;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_change_is_the_difference_of_two_runs_of_the_same_scenarios) {
    for (const double degrees_of_freedom : {infinity, 4.0}) {
        const Factors factors(3, 0.3, degrees_of_freedom);
        const Change change(factors);
        const ObligorGroups before = groups_of(change.before, factors);
        const ObligorGroups after = groups_of(change.after, factors);
        const SobolScrambles scrambles(6, 3);
        const ImportanceShift shift{.factor_shift = {-1.0, 0.5, 0.0}};
        for (const StateSampling& sampling : {StateSampling{}, StateSampling{.importance = &shift},
                                              StateSampling{.scrambles = &scrambles}}) {
            const SimulationRange range{
                .seed = 6, .first_scenario = 70, .count = 3001, .sampling = sampling};
            const Losses wanted =
                difference(simulate_losses(after, range, {}), simulate_losses(before, range, {}));
            for (const std::size_t threads : {1, 7}) {
                BOOST_TEST(simulate_loss_change({.groups = before}, {.groups = after}, range,
                                                {.threads = threads}) == wanted);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_change_of_losses_that_vary_is_the_difference_too) {
    const Factors factors(2, 0.2);
    const LossBook one = random_loss_book(30, factors, 8);
    const LossBook other = random_loss_book(30, factors, 9);
    const StandardObligors of_one = one.standard(factors);
    const StandardObligors of_other = other.standard(factors);
    const ObligorGroups before = groups_of(one.obligors, factors);
    const ObligorGroups after = groups_of(other.obligors, factors);
    const ParametricLosses old_rule = one.rule(of_one, factors);
    const ParametricLosses new_rule = other.rule(of_other, factors);
    const SimulationRange range{.seed = 2, .first_scenario = 5, .count = 700};
    const Losses wanted = difference(simulate_losses(after, new_rule, range, {}),
                                     simulate_losses(before, old_rule, range, {}));
    BOOST_TEST(simulate_loss_change({.groups = before, .rule = &old_rule},
                                    {.groups = after, .rule = &new_rule}, range, {}) == wanted);
}

BOOST_AUTO_TEST_CASE(a_first_obligor_of_its_own_changes_losses_by_all_that_it_loses) {
    const Factors factors(2);
    const std::vector<Obligor> one = random_obligors(1, factors, 3);
    const ObligorGroups nobody = groups_of({}, factors);
    const ObligorGroups somebody = groups_of(one, factors);
    const SimulationRange range{.seed = 1, .count = 500};
    BOOST_TEST(simulate_loss_change({.groups = nobody}, {.groups = somebody}, range, {}) ==
               simulate_losses(somebody, range, {}));
}

BOOST_AUTO_TEST_CASE(obligors_that_read_other_states_are_refused) {
    const auto refused = [](const Factors& of_before, const Factors& of_after) {
        const ObligorGroups before = groups_of(random_obligors(3, of_before, 1), of_before);
        const ObligorGroups after = groups_of(random_obligors(3, of_after, 1), of_after);
        BOOST_CHECK_EXCEPTION(
            simulate_loss_change({.groups = before}, {.groups = after}, {.count = 9}, {}), Error,
            [](const Error& error) {
                return error.code() == ErrorCode::invalid_input && error.where() == "after";
            });
    };
    refused(Factors(2), Factors(3));
    refused(Factors(2), Factors(2, 0.0, 4.0));
}

BOOST_AUTO_TEST_CASE(progress_counts_scenarios_and_a_stop_is_an_error) {
    const Factors factors(1);
    const ObligorGroups groups = groups_of(random_obligors(5, factors, 1), factors);
    std::atomic<std::uint64_t> completed{0};
    const std::stop_source stop;
    const ParallelOptions parallel{
        .threads = 1, .control = {.stop = stop.get_token(), .completed_units = &completed}};
    const SimulationRange range{.seed = 1, .count = 1500};
    simulate_loss_change({.groups = groups}, {.groups = groups}, range, parallel);
    BOOST_TEST(completed == range.count);
    stop.request_stop();
    BOOST_CHECK_EXCEPTION(
        simulate_loss_change({.groups = groups}, {.groups = groups}, range, parallel), Error,
        [](const Error& error) { return error.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_SUITE_END()
