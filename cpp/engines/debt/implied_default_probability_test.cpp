#include "engines/debt/implied_default_probability.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(implied_default_probability_test)

using namespace seawall;
using namespace seawall::debt;
using Amounts = std::vector<double>;

namespace {

/// Hull's bond: five years, 6 % twice a year, 40 recovered, a default in the middle of a year just
/// before the coupon of that day; 5 % compounded continuously.
struct HullBond {
    Amounts flow_years, flows, default_years, recoveries;
    double risk_free_rate = std::exp(0.05) - 1.0;
    double price = 0.0;

    HullBond() {
        for (int k = 1; k <= 10; ++k) {
            flow_years.push_back(0.5 * k);
            flows.push_back(k == 10 ? 103.0 : 3.0);
            price += flows.back() * std::exp(-0.07 * flow_years.back());  // its yield is 7 %
        }
        default_years = {0.5, 1.5, 2.5, 3.5, 4.5};
        recoveries.assign(5, 40.0);
    }

    PricedClaim claim() const {
        return {.flow_years = flow_years,
                .flows = flows,
                .default_years = default_years,
                .recoveries = recoveries,
                .risk_free_rate = risk_free_rate,
                .price = price};
    }
};

/// Discounted flows and recoveries where each year's default has its probability.
double value_under(const HullBond& bond, const Amounts& probabilities) {
    const auto discount = [&](double years) { return std::pow(1.0 + bond.risk_free_rate, -years); };
    double value = 0.0;
    for (std::size_t i = 0; i < bond.flows.size(); ++i) {
        double survival = 1.0;
        for (std::size_t j = 0; j < probabilities.size(); ++j) {
            if (bond.default_years[j] <= bond.flow_years[i]) survival -= probabilities[j];
        }
        value += survival * bond.flows[i] * discount(bond.flow_years[i]);
    }
    for (std::size_t j = 0; j < probabilities.size(); ++j) {
        value += probabilities[j] * bond.recoveries[j] * discount(bond.default_years[j]);
    }
    return value;
}

}  // namespace

BOOST_AUTO_TEST_CASE(hull_s_bond_has_its_published_figures) {
    const HullBond bond;
    BOOST_CHECK_SMALL(bond.price - 95.34, 0.005);
    const ImpliedDefaultProbability implied = implied_default_probability(bond.claim());
    BOOST_CHECK_SMALL(implied.risk_free_value - 104.09, 0.005);
    BOOST_CHECK_SMALL(*implied.yearly - 0.0303, 0.00005);
}

BOOST_AUTO_TEST_CASE(the_yearly_probability_gives_the_price_back) {
    const HullBond bond;
    const double yearly = *implied_default_probability(bond.claim()).yearly;
    BOOST_CHECK_SMALL(value_under(bond, Amounts(5, yearly)) - bond.price, 1e-11);
}

BOOST_AUTO_TEST_CASE(the_hazard_gives_the_price_back) {
    const HullBond bond;
    const double hazard = *implied_default_probability(bond.claim()).hazard;
    Amounts probabilities;
    double survival = 1.0;
    for (int year = 0; year < 5; ++year) {
        probabilities.push_back(survival * hazard);
        survival *= 1.0 - hazard;
    }
    BOOST_CHECK_SMALL(value_under(bond, probabilities) - bond.price, 1e-11);
}

BOOST_AUTO_TEST_CASE(the_risk_free_value_implies_no_default) {
    HullBond bond;
    bond.price = implied_default_probability(bond.claim()).risk_free_value;
    const ImpliedDefaultProbability implied = implied_default_probability(bond.claim());
    BOOST_TEST(*implied.yearly == 0.0);
    BOOST_TEST(*implied.hazard == 0.0);
}

BOOST_AUTO_TEST_CASE(no_probability_explains_a_price_above_the_risk_free_value) {
    HullBond bond;
    bond.price = 105.0;
    const ImpliedDefaultProbability implied = implied_default_probability(bond.claim());
    BOOST_TEST(!implied.yearly.has_value());
    BOOST_TEST(!implied.hazard.has_value());
}

BOOST_AUTO_TEST_CASE(no_probability_explains_a_price_below_the_recovery) {
    HullBond bond;
    bond.price = 38.0;
    const ImpliedDefaultProbability implied = implied_default_probability(bond.claim());
    BOOST_TEST(!implied.yearly.has_value());
    BOOST_TEST(!implied.hazard.has_value());
}

BOOST_AUTO_TEST_CASE(a_deep_discount_has_a_hazard_where_yearly_probabilities_pass_1) {
    HullBond bond;
    bond.price = 41.0;
    const ImpliedDefaultProbability implied = implied_default_probability(bond.claim());
    BOOST_TEST(!implied.yearly.has_value());
    BOOST_CHECK(implied.hazard > 0.2);
}

BOOST_AUTO_TEST_CASE(claims_that_contradict_themselves_are_refused_at_their_place) {
    const auto place = [](const HullBond& bond) {
        try {
            implied_default_probability(bond.claim());
        } catch (const Error& error) {
            return error.where();
        }
        return std::string("none");
    };
    HullBond bond;
    bond.flow_years[3] = bond.flow_years[2];
    BOOST_TEST(place(bond) == "flow_years[3]");
    bond = HullBond();
    bond.default_years[0] = 0.0;
    BOOST_TEST(place(bond) == "default_years[0]");
    bond = HullBond();
    bond.flows[9] = std::nan("");
    BOOST_TEST(place(bond) == "flows[9]");
    bond = HullBond();
    bond.recoveries.pop_back();
    BOOST_TEST(place(bond) == "recoveries");
    bond = HullBond();
    bond.risk_free_rate = -1.0;
    BOOST_TEST(place(bond) == "risk_free_rate");
    bond = HullBond();
    bond.price = 0.0;
    BOOST_TEST(place(bond) == "price");
}

BOOST_AUTO_TEST_SUITE_END()
