#include "engines/debt/simulation/reverse_search_descent.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "engines/debt/simulation/simulation_fixture.hpp"

namespace seawall::debt {
namespace {

/// One factor, an obligor of A = −1 and b = 5 and one of A = 1 and b = −0.5: as the factor falls
/// the book's loss rises to 1.7 and then falls again to 1.
ObligorGroups book_of_a_hump() {
    const auto obligor = [](std::uint32_t slot, double threshold, double loading) {
        const double root = std::sqrt(1.0 + loading * loading);
        return fixture::Obligor{.slot = slot,
                                .default_threshold = threshold / root,
                                .factor_weight = {loading / root},
                                .loss_minor = 1'000'000};
    };
    return fixture::groups_of({obligor(0, -1.0, 5.0), obligor(1, 1.0, -0.5)}, fixture::Factors(1));
}

BOOST_AUTO_TEST_SUITE(reverse_search_descent_test)

BOOST_AUTO_TEST_CASE(a_point_beyond_which_the_loss_falls_is_no_minimum) {
    const ObligorGroups groups = book_of_a_hump();
    const fixture::Factors factors(1);
    const ParallelOptions one_thread{.threads = 1};
    LossSurface surface(groups, factors.model(), {.loss_minor = 1'200'000.0}, one_thread);
    const Descent beyond = descend(surface, {-5.0}, {});
    BOOST_TEST(std::abs(beyond.at.gap) < 1e-12);
    BOOST_TEST(beyond.point[0] < -3.0);
    BOOST_TEST((beyond.end == Descent::End::nowhere));
    const Descent near = descend(surface, {0.0}, {});
    BOOST_TEST((near.end == Descent::End::stationary));
    BOOST_TEST(near.point[0] > -0.5);
}

BOOST_AUTO_TEST_CASE(a_descent_ends_beside_a_point_that_is_known) {
    const ObligorGroups groups = book_of_a_hump();
    const fixture::Factors factors(1);
    const ParallelOptions one_thread{.threads = 1};
    LossSurface surface(groups, factors.model(), {.loss_minor = 1'200'000.0}, one_thread);
    const std::vector<SearchPoint> known{{-9.0}, descend(surface, {0.0}, {}).point};
    const Descent found = descend(surface, {0.0}, known);
    BOOST_TEST((found.end == Descent::End::known));
    BOOST_TEST(found.known_index == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace seawall::debt
