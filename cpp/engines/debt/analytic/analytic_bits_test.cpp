#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engines/debt/analytic/book_distribution.hpp"
#include "engines/debt/analytic/creditrisk_plus.hpp"
#include "engines/debt/analytic/homogeneous_pool.hpp"
#include "engines/debt/analytic/large_pool.hpp"
#include "engines/debt/analytic/merton.hpp"
#include "numeric/bit_digest.hpp"

// The bits of figures are the same on every machine: a change of one is a change of the model.
BOOST_AUTO_TEST_SUITE(analytic_bits_test)

using namespace seawall;
using namespace seawall::debt;
using Numbers = std::vector<double>;

namespace {

std::uint64_t digest_of(const Numbers& figures) {
    const auto at = [&](double i) { return figures[static_cast<std::size_t>(i)]; };
    return bit_digest(at, 0, static_cast<int>(figures.size()) - 1, 1.0);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_pool_under_a_t_copula) {
    const LatticeDistribution found = default_count_distribution({.obligor_count = 100,
                                                                  .default_probability = 0.02,
                                                                  .asset_correlation = 0.2,
                                                                  .degrees_of_freedom = 4.0});
    BOOST_TEST(digest_of(found.probabilities) == 0x793dcd30380275e2U);
}

BOOST_AUTO_TEST_CASE(a_book_of_unlike_obligors) {
    const Numbers probabilities{0.01, 0.02, 0.05, 0.1, 0.03};
    const Numbers loadings{0.3, 0.4, 0.4, 0.5, 0.5};
    const std::vector<std::int64_t> units{10, 6, 4, 2, 5};
    const LatticeDistribution found = exact_loss_distribution(
        {.default_probabilities = probabilities, .loadings = loadings, .loss_units = units});
    BOOST_TEST(digest_of(found.probabilities) == 0xe2efebdb2ed0b895U);
}

BOOST_AUTO_TEST_CASE(gamma_sectors) {
    const Numbers probabilities{0.1, 0.3};
    const Numbers exposures{2.0, 5.0};
    const Numbers shares{0.7, 0.2};
    const Numbers variances{0.4};
    const CreditRiskPlusLoss found = credit_risk_plus({.default_probabilities = probabilities,
                                                       .exposures = exposures,
                                                       .unit = 1.0,
                                                       .sector_shares = shares,
                                                       .sector_variances = variances});
    BOOST_TEST(digest_of(found.units.probabilities) == 0xd3c77fe2b91eaf7bU);
}

BOOST_AUTO_TEST_CASE(closed_forms) {
    const LargePoolFigures pool =
        large_pool_figures({.default_probability = 0.01, .asset_correlation = 0.12}, 0.999);
    const MertonFirm firm = merton_firm({.equity_value = 3.0,
                                         .equity_volatility = 0.8,
                                         .debt = 10.0,
                                         .risk_free_rate = 0.05,
                                         .years = 1.0});
    BOOST_TEST(digest_of({pool.value_at_risk, pool.expected_shortfall, pool.standard_deviation,
                          firm.asset_value, firm.asset_volatility}) == 0x11e96399c02414c5U);
}

BOOST_AUTO_TEST_SUITE_END()
