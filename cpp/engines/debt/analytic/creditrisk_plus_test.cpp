#include "engines/debt/analytic/creditrisk_plus.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

BOOST_AUTO_TEST_SUITE(creditrisk_plus_test)

using namespace seawall::debt;
using Numbers = std::vector<double>;

namespace {

/// Gamma sectors by hand: the factor's density times Poisson counts, integrated by the midpoint
/// rule.
double no_default_by_integration(double mean, double variance) {
    const double shape = 1.0 / variance;
    double sum = 0.0;
    constexpr int steps = 200'000;
    for (int i = 0; i < steps; ++i) {
        const double x = (i + 0.5) * 40.0 / steps;
        const double density = std::exp((shape - 1.0) * std::log(x) - x / variance -
                                        std::lgamma(shape) - shape * std::log(variance));
        sum += density * std::exp(-mean * x) * 40.0 / steps;
    }
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_default_has_the_probability_of_a_gamma_mixture) {
    const Numbers probabilities{0.1, 0.3};
    const Numbers exposures{2.0, 5.0};
    const Numbers shares{1.0, 1.0};
    const Numbers variances{0.4};
    const CreditRiskPlusLoss loss = credit_risk_plus({.default_probabilities = probabilities,
                                                      .exposures = exposures,
                                                      .unit = 1.0,
                                                      .sector_shares = shares,
                                                      .sector_variances = variances});
    BOOST_TEST(loss.units.probabilities[0] == no_default_by_integration(0.4, 0.4),
               boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(two_sectors_are_the_convolution_of_each_alone) {
    const Numbers probabilities{0.1, 0.3};
    const Numbers exposures{2.0, 5.0};
    const Numbers variances{0.4, 2.0};
    const auto distribution = [&](const Numbers& shares, const Numbers& pds) {
        return credit_risk_plus({.default_probabilities = pds,
                                 .exposures = exposures,
                                 .unit = 1.0,
                                 .sector_shares = shares,
                                 .sector_variances = variances})
            .units.probabilities;
    };
    const Numbers both = distribution({1.0, 0.0, 0.0, 1.0}, probabilities);
    const Numbers first = distribution({1.0, 0.0, 0.0, 1.0}, {0.1, 0.0});
    const Numbers second = distribution({1.0, 0.0, 0.0, 1.0}, {0.0, 0.3});
    for (std::size_t n = 0; n < 12; ++n) {
        double expected = 0.0;
        for (std::size_t k = 0; k <= n; ++k) expected += first[k] * second[n - k];
        BOOST_TEST(both[n] == expected, boost::test_tools::tolerance(1e-13));
    }
}

BOOST_AUTO_TEST_CASE(rounding_to_units_keeps_the_expected_loss) {
    const Numbers probabilities{0.1, 0.3, 0.05};
    const Numbers exposures{0.4, 1.7, 26.2};
    const Numbers shares{0.5, 0.5, 1.0};
    const Numbers variances{1.0};
    const CreditRiskPlusLoss loss = credit_risk_plus({.default_probabilities = probabilities,
                                                      .exposures = exposures,
                                                      .unit = 10.0,
                                                      .sector_shares = shares,
                                                      .sector_variances = variances});
    BOOST_TEST(loss.expected_loss == 0.04 + 0.51 + 1.31, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
