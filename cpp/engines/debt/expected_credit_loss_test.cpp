#include "engines/debt/expected_credit_loss.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(expected_credit_loss_test)

using namespace seawall;
using namespace seawall::debt;
using Amounts = std::vector<double>;

namespace {

struct Loan {
    Amounts hazards, exposures;
    double loss_given_default = 0.5;
    double effective_interest_rate = 0.25;
};

ExpectedCreditLoss loss_of(const Loan& loan) {
    return expected_credit_loss({.hazards = loan.hazards,
                                 .exposures = loan.exposures,
                                 .loss_given_default = loan.loss_given_default,
                                 .effective_interest_rate = loan.effective_interest_rate});
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_certain_default_loses_the_discounted_severity_once) {
    const ExpectedCreditLoss loss = loss_of({{1.0, 1.0}, {100.0, 100.0}});
    BOOST_TEST(loss.by_year == (Amounts{40.0, 0.0}));
    BOOST_TEST(loss.lifetime == 40.0);
    BOOST_TEST(loss.twelve_months == 40.0);
}

BOOST_AUTO_TEST_CASE(a_later_year_counts_survival_to_it) {
    const ExpectedCreditLoss loss = loss_of({{0.5, 0.5}, {100.0, 100.0}});
    BOOST_TEST(loss.by_year == (Amounts{20.0, 8.0}));  // 100·½·½/1.25, and ½ of that/1.25
    BOOST_TEST(loss.lifetime == 28.0);
}

BOOST_AUTO_TEST_CASE(a_loan_without_years_loses_nothing) {
    BOOST_TEST(loss_of({}).lifetime == 0.0);
    BOOST_TEST(loss_of({}).twelve_months == 0.0);
}

BOOST_AUTO_TEST_CASE(terms_outside_their_range_are_refused_at_their_place) {
    const auto place = [](const Loan& loan) {
        try {
            loss_of(loan);
        } catch (const Error& error) {
            return error.where();
        }
        return std::string("none");
    };
    BOOST_TEST(place({{0.1, 1.1}, {1.0, 1.0}}) == "hazards[1]");
    BOOST_TEST(place({{std::nan("")}, {1.0}}) == "hazards[0]");
    BOOST_TEST(place({{0.1}, {-1.0}}) == "exposures[0]");
    BOOST_TEST(place({{0.1}, {1.0, 1.0}}) == "exposures");
    BOOST_TEST(place({{0.1}, {1.0}, 1.5}) == "loss_given_default");
    BOOST_TEST(place({{0.1}, {1.0}, 0.5, -1.0}) == "effective_interest_rate");
}

BOOST_AUTO_TEST_SUITE_END()
