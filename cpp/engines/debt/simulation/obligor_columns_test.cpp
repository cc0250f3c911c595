#include "engines/debt/simulation/obligor_columns.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "engines/debt/simulation/obligor_groups.hpp"
#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(obligor_columns_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Error;
using seawall::ErrorCode;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::pair<ErrorCode, std::string> refusal(const ObligorColumns& obligors, const Factors& factors) {
    try {
        group_obligors_by_slot(obligors, factors.model());
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::cancelled, "none"};
}

/// Where three obligors are refused after the last has been changed.
template <class Change>
std::pair<ErrorCode, std::string> refusal_of(const Change& change) {
    std::vector<Obligor> obligors{{.slot = 0, .factor_weight = {0.5, 0.0}},
                                  {.slot = 9, .factor_weight = {0.5, 0.1}},
                                  {.slot = 4, .factor_weight = {0.0, 0.0}}};
    change(obligors[2]);
    return refusal(Obligors(obligors).columns(), Factors(2));
}

std::string threshold_refusal(double default_probability) {
    const std::vector<double> probabilities{0.1, default_probability};
    try {
        default_thresholds(probabilities, Factors(1).model());
    } catch (const Error& error) {
        return error.where();
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_shift_of_the_normal_score_moves_all_but_certainties) {
    const std::vector<double> shift{0.5, 0.5, 0.5, 0.0};
    const std::vector<double> found =
        shifted_default_probabilities(std::vector<double>{0.0, 0.02, 1.0, 0.02}, shift);
    BOOST_TEST(found[0] == 0.0);
    BOOST_TEST(std::abs(found[1] - 0.0601222) < 1e-7);  // Φ(−2.0537489 + 0.5)
    BOOST_TEST(found[2] == 1.0);
    BOOST_TEST(found[3] == 0.02);
    BOOST_CHECK_THROW(shifted_default_probabilities(std::vector<double>{0.5}, shift), Error);
    BOOST_CHECK_THROW(shifted_default_probabilities(std::vector<double>{nan}, std::vector{0.0}),
                      Error);
}

BOOST_AUTO_TEST_CASE(a_threshold_has_the_probability_of_default_below_it) {
    const std::vector<double> probabilities{0.0, 0.02, 0.5, 1.0};
    const auto thresholds = default_thresholds(probabilities, Factors(1).model());
    BOOST_TEST(thresholds[0] == -infinity);
    BOOST_TEST(thresholds[1] == -2.05374891063182, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(thresholds[2] == 0.0);
    BOOST_TEST(thresholds[3] == infinity);
}

BOOST_AUTO_TEST_CASE(a_threshold_of_students_t_is_its_quantile) {
    const std::vector<double> probabilities{0.0, 0.01, 0.5, 1.0};
    const auto thresholds = default_thresholds(probabilities, Factors(1, 0.0, 4.0).model());
    BOOST_TEST(thresholds[0] == -infinity);
    BOOST_TEST(thresholds[1] == -3.7469473879791968, boost::test_tools::tolerance(1e-13));
    BOOST_TEST(thresholds[2] == 0.0);
    BOOST_TEST(thresholds[3] == infinity);
}

BOOST_AUTO_TEST_CASE(a_probability_outside_0_to_1_is_refused_with_its_place) {
    for (const double bad : {-1e-300, 1.0 + 0x1p-52, nan, infinity}) {
        BOOST_TEST(threshold_refusal(bad) == "obligors.default_probability[1]");
    }
    BOOST_TEST(threshold_refusal(1e-300) == "none");
}

BOOST_AUTO_TEST_CASE(a_slot_given_twice_is_refused_where_it_is_repeated) {
    BOOST_TEST(refusal_of([](Obligor& o) { o.slot = 9; }).second == "obligors.slot[2]");
}

BOOST_AUTO_TEST_CASE(a_negative_loss_is_refused) {
    BOOST_TEST(refusal_of([](Obligor& o) { o.loss_minor = -1; }).second ==
               "obligors.loss_minor[2]");
}

BOOST_AUTO_TEST_CASE(losses_may_sum_up_to_2_62_and_not_beyond) {
    constexpr std::int64_t rest = 0x4000'0000'0000'0000 - 2;  // the other two lose 1 each
    BOOST_TEST(refusal_of([](Obligor& o) { o.loss_minor = rest; }).second == "none");
    const auto [code, place] = refusal_of([](Obligor& o) { o.loss_minor = rest + 1; });
    BOOST_TEST((code == ErrorCode::limit_exceeded));
    BOOST_TEST(place == "obligors.loss_minor");
    BOOST_TEST((refusal_of([](Obligor& o) {
                    o.loss_minor = std::numeric_limits<std::int64_t>::max();
                }).first == ErrorCode::limit_exceeded));
}

BOOST_AUTO_TEST_CASE(a_threshold_may_be_infinite_but_must_be_a_number) {
    BOOST_TEST(refusal_of([](Obligor& o) { o.default_threshold = nan; }).second ==
               "obligors.default_threshold[2]");
    BOOST_TEST(refusal_of([](Obligor& o) { o.default_threshold = infinity; }).second == "none");
}

BOOST_AUTO_TEST_CASE(a_factor_weight_must_be_finite) {
    BOOST_TEST(refusal_of([](Obligor& o) { o.factor_weight[1] = nan; }).second ==
               "obligors.factor_weight[2][1]");
    BOOST_TEST(refusal_of([](Obligor& o) { o.factor_weight[0] = -infinity; }).second ==
               "obligors.factor_weight[2][0]");
}

BOOST_AUTO_TEST_CASE(the_factors_must_leave_an_obligor_some_risk_of_its_own) {
    // It is a'Ca that counts, not |a|: with correlated factors less is enough.
    std::vector<Obligor> obligors{{.slot = 0, .factor_weight = {0.7, 0.7}}};
    BOOST_TEST(refusal(Obligors(obligors).columns(), Factors(2)).second == "none");
    BOOST_TEST(refusal(Obligors(obligors).columns(), Factors(2, 0.5)).second ==
               "obligors.factor_weight[0]");
    obligors[0].factor_weight = {1.0, -1.0};
    BOOST_TEST(refusal(Obligors(obligors).columns(), Factors(2, 0.6)).second == "none");
    obligors[0].factor_weight = {1.0, 0.0};
    BOOST_TEST(refusal(Obligors(obligors).columns(), Factors(2)).second ==
               "obligors.factor_weight[0]");
}

BOOST_AUTO_TEST_CASE(ragged_columns_are_refused) {
    const Obligors whole(std::vector<Obligor>{{.slot = 0, .factor_weight = {0.5}}});
    const Factors factors(1);
    ObligorColumns columns = whole.columns();
    columns.default_threshold = {};
    BOOST_TEST(refusal(columns, factors).second == "obligors.default_threshold");
    columns = whole.columns();
    columns.loss_minor = {};
    BOOST_TEST(refusal(columns, factors).second == "obligors.loss_minor");
    BOOST_TEST(refusal(whole.columns(), Factors(2)).second == "obligors.factor_weight");
}

BOOST_AUTO_TEST_SUITE_END()
