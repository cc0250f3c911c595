#include "engines/debt/debt_paths.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstring>
#include <string>

#include "engines/debt/path_fixture.hpp"

BOOST_AUTO_TEST_SUITE(debt_paths_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

PathSettings with_limits() {
    PathSettings settings = no_limits();
    settings.covenants.limits[static_cast<std::size_t>(Covenant::dscr)] = 1.2;
    settings.covenants.limits[static_cast<std::size_t>(Covenant::ltv)] = 0.8;
    settings.terms.refinancing.max_ltv = 0.65;
    return settings;
}

CasePaths run(const PathSample& sample, const PathCase& path_case, const PathSettings& settings,
              const ParallelOptions& options) {
    return run_paths(sample.paths, path_case, settings,
                     covenant_limits(sample.paths, settings.covenants), options);
}

template <class T>
bool same_bits(const Buffer<T>& a, const Buffer<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_number_of_threads_does_not_change_a_single_bit) {
    const PathSample sample(random_loans(6000, 7), 24);
    const PathCase path_case = base_case(sample);
    const CasePaths wanted = run(sample, path_case, with_limits(), {.threads = 1});
    for (const std::size_t threads : {std::size_t{2}, std::size_t{7}}) {
        const CasePaths found = run(sample, path_case, with_limits(), {.threads = threads});
        for (std::size_t m = 0; m < wanted.steps.size(); ++m) {
            for (const auto& [name, figure] : step_figure_names) {
                BOOST_TEST((found.steps[m].*figure == wanted.steps[m].*figure), std::string(name));
            }
        }
        BOOST_TEST(same_bits(found.positions.interest_paid, wanted.positions.interest_paid));
        BOOST_TEST(same_bits(found.positions.claim, wanted.positions.claim));
        BOOST_TEST(same_bits(found.obligors.annual_income, wanted.obligors.annual_income));
        BOOST_TEST(same_bits(found.obligors.default_step, wanted.obligors.default_step));
        BOOST_TEST(same_bits(found.covenants.worst_headroom, wanted.covenants.worst_headroom));
        BOOST_TEST(found.maturities.size() == wanted.maturities.size());
    }
}

BOOST_AUTO_TEST_CASE(steps_are_the_sums_of_the_loans) {
    const PathSample sample(random_loans(2000, 11), 12);
    const CasePaths paths = run(sample, base_case(sample), no_limits(), {});
    double due = 0.0, paid = 0.0, debt = 0.0;
    for (const StepFigures& step : paths.steps) {
        due += step.interest_due;
        paid += step.principal_paid;
    }
    double due_of_loans = 0.0, paid_of_loans = 0.0;
    for (std::size_t i = 0; i < paths.positions.balance.size(); ++i) {
        due_of_loans += paths.positions.interest_due[i];
        paid_of_loans += paths.positions.principal_paid[i];
        debt += paths.positions.balance[i];
    }
    constexpr double close = 1e-10;  // percent
    BOOST_CHECK_CLOSE(due, due_of_loans, close);
    BOOST_CHECK_CLOSE(paid, paid_of_loans, close);
    BOOST_CHECK_CLOSE(paths.steps.back().debt, debt, close);
}

BOOST_AUTO_TEST_CASE(a_claim_is_what_was_owed_in_the_currency_of_the_default) {
    const PathSample sample({numbers("total_outstanding", {1000.0}),
                             numbers("interest_rate_pct", {6.0}), numbers("net_cash_flow", {0.0})},
                            6);
    PathCase falling = base_case(sample);
    for (std::size_t m = 0; m < 6; ++m) {
        falling.drivers[m].currency_factor = 1.0 - 0.1 * static_cast<double>(m);
    }
    const CasePaths paths = run(sample, falling, no_limits(), {});
    BOOST_TEST(paths.obligors.default_step[0] == 3);
    BOOST_CHECK_CLOSE(paths.positions.claim[0], 0.8 * (1000.0 + 15.0), 1e-10);
}

BOOST_AUTO_TEST_SUITE_END()
