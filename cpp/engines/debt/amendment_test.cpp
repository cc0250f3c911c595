#include "engines/debt/amendment.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/cash_flows.hpp"
#include "engines/debt/path_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(amendment_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// Fixed at 6 %, matures in July.
std::vector<Column> one_bullet(std::vector<Column> more = {}) {
    std::vector<Column> columns{
        numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {6.0}),
        texts("interest_accrual_method", {"30/360"}), days("maturity_date", {on(2026, 7, 15)})};
    for (Column& column : more) columns.push_back(std::move(column));
    return columns;
}

Table flows(const std::vector<Column>& columns, const std::vector<Amendment>& amendments,
            std::size_t months = 12) {
    const PathSample sample(columns, months, amendments);
    const CaseSample run(sample, base_case(sample));
    return cash_flow_table(run.view(), run.rerun());
}

std::vector<double> figure(const Table& table, const char* name) {
    return table.find(name)->float64();
}

std::string place_of_refusal(const std::vector<Column>& columns,
                             const std::vector<Amendment>& amendments) {
    try {
        const PathSample sample(columns, 6, amendments);
    } catch (const Error& error) {
        return error.where();
    }
    return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_amendment_of_nothing_changes_no_bit) {
    const std::vector<Column> columns = random_loans(500, 21);
    std::vector<Amendment> nothing;
    for (std::size_t position = 0; position < 500; position += 3) {
        nothing.push_back({.position = position});
    }
    const Table before = flows(columns, {});
    const Table after = flows(columns, nothing);
    for (const char* name :
         {"interest_due", "principal_due", "maturity_due", "interest_paid", "principal_paid",
          "maturity_paid", "prepaid", "defaulted", "balance", "interest_arrears"}) {
        BOOST_TEST(figure(before, name) == figure(after, name));
    }
}

BOOST_AUTO_TEST_CASE(an_extension_puts_the_maturity_off) {
    const Table table = flows(one_bullet(), {{.position = 0, .extension_months = 5}});
    std::vector<double> due(12);
    due[10] = 1000.0;
    BOOST_TEST(figure(table, "maturity_due") == due);
}

BOOST_AUTO_TEST_CASE(an_anticipated_repayment_still_to_come_is_put_off_too) {
    const auto anticipated = [](const std::vector<Amendment>& amendments) {
        const PathSample sample(one_bullet({days("anticipated_repayment_date", {on(2026, 3, 15)})}),
                                6, amendments);
        return sample.paths.terms.anticipated_repayment_day.front();
    };
    BOOST_CHECK(anticipated({{.position = 0, .extension_months = 5}}) == on(2026, 8, 15));
}

BOOST_AUTO_TEST_CASE(half_a_loan_that_becomes_equity_owes_half) {
    const Table table = flows(one_bullet(), {{.position = 0, .equitised_fraction = 0.5}}, 6);
    BOOST_TEST(figure(table, "interest_due") == std::vector<double>(6, 2.5));
    BOOST_TEST(figure(table, "maturity_due").back() == 500.0);
}

BOOST_AUTO_TEST_CASE(a_change_of_rate_is_paid_from_the_first_payment_on) {
    const Table table = flows(one_bullet(), {{.position = 0, .rate_change_pct = -3.0}}, 6);
    BOOST_TEST(figure(table, "interest_due") == std::vector<double>(6, 2.5));
}

BOOST_AUTO_TEST_CASE(another_spread_leaves_the_index_as_it_is) {
    const std::vector<Column> columns =
        one_bullet({texts("rate_type", {"floating"}), numbers("spread_pct", {2.0})});
    const PathSample sample(columns, 6, {{.position = 0, .spread_change_pct = 3.0}});
    PathCase doubled = base_case(sample);
    for (StepDrivers& drivers : doubled.drivers) drivers.interest_rate_change_factor = 2.0;
    const CaseSample run(sample, doubled);
    const Table table = cash_flow_table(run.view(), run.rerun());
    BOOST_CHECK_CLOSE(figure(table, "interest_due").front(), 1000.0 * (2 * 0.04 + 0.05) / 12.0,
                      1e-10);
}

BOOST_AUTO_TEST_CASE(a_level_payment_follows_the_new_rate) {
    const std::vector<Column> columns{
        numbers("total_outstanding", {1000.0}),       numbers("interest_rate_pct", {6.0}),
        numbers("scheduled_payment", {1000.0}),       texts("amortisation", {"annuity"}),
        texts("interest_accrual_method", {"30/360"}), days("maturity_date", {on(2027, 1, 15)})};
    const Table table = flows(columns, {{.position = 0, .rate_change_pct = 6.0}});
    const double payment = figure(table, "interest_due")[0] + figure(table, "principal_due")[0];
    BOOST_CHECK_CLOSE(payment, 88.8487886783417, 1e-9);  // 1,000 over 12 months at 1 % a month
}

BOOST_AUTO_TEST_CASE(new_limits_are_those_of_the_position_s_record_alone) {
    Amendment amendment{.position = 1};
    amendment.limits[static_cast<std::size_t>(Covenant::dscr)] = 1.5;
    const PathSample sample(
        {numbers("total_outstanding", {1.0, 1.0, 1.0}), numbers("dscr_minimum", {1.1, 1.1, 1.1}),
         numbers("icr_minimum", {2.0, 2.0, 2.0})},
        6, {amendment});
    const auto limit = [&](Covenant covenant) {
        return sample.paths.covenant_limit[static_cast<std::size_t>(covenant)];
    };
    BOOST_TEST(limit(Covenant::dscr) == (std::vector<double>{1.1, 1.5, 1.1}));
    BOOST_TEST(limit(Covenant::icr) == (std::vector<double>{2.0, 2.0, 2.0}));
}

BOOST_AUTO_TEST_CASE(a_change_without_a_meaning_is_refused_at_its_place) {
    const std::vector<Column> fixed = one_bullet();
    const std::vector<Column> floating = one_bullet({texts("rate_type", {"floating"})});
    const std::vector<Column> endless{numbers("total_outstanding", {1.0})};
    Amendment limit{.position = 0};
    limit.limits[0] = 0.0;
    BOOST_TEST(place_of_refusal(fixed, {{.position = 1}}) == "amendments[0].position");
    BOOST_TEST(place_of_refusal(fixed, {{.position = 0}, {.position = 0}}) ==
               "amendments[1].position");
    BOOST_TEST(place_of_refusal(fixed, {{.position = 0, .spread_change_pct = 1.0}}) ==
               "amendments[0].spread_change_pct");
    BOOST_TEST(place_of_refusal(floating, {{.position = 0, .rate_change_pct = 1.0}}) ==
               "amendments[0].rate_change_pct");
    BOOST_TEST(place_of_refusal(endless, {{.position = 0, .extension_months = 1}}) ==
               "amendments[0].extension_months");
    BOOST_TEST(place_of_refusal(fixed, {{.position = 0, .equitised_fraction = 1.1}}) ==
               "amendments[0].equitised_fraction");
    BOOST_TEST(place_of_refusal(fixed, {limit}) == "amendments[0].limits");
}

BOOST_AUTO_TEST_SUITE_END()
