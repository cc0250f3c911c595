#include "engines/debt/purchase.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/path_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(purchase_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

struct Flow {
    Day day;
    double amount;
};

/// The yearly rate at which flows are worth 0 on their first day: halving, by the library's power.
double slow_xirr_pct(const std::vector<Flow>& flows) {
    const auto value = [&](double rate) {
        double sum = 0.0;
        for (const auto& [day, amount] : flows) {
            const auto days_since = static_cast<double>((day - flows.front().day).count());
            sum += amount * std::pow(1.0 + rate, -days_since / 365.0);
        }
        return sum;
    };
    double low = -0.999, high = 1000.0;
    for (int k = 0; k < 200; ++k) {
        const double middle = (low + high) / 2.0;
        (value(middle) > 0.0 ? low : high) = middle;
    }
    return low * 100.0;
}

/// One loan of 1,000 at 6 % a year, interest monthly, all of it due in a year.
std::vector<Column> one_bullet(std::vector<Column> more = {}) {
    std::vector<Column> columns{
        numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {6.0}),
        texts("interest_accrual_method", {"30/360"}), days("maturity_date", {on(2027, 1, 15)})};
    for (Column& column : more) columns.push_back(std::move(column));
    return columns;
}

PurchaseFigures bought(const CaseSample& run, const PurchaseTerms& terms) {
    return value_purchase(run.view(), run.rerun(), terms).positions.front();
}

constexpr double close = 1e-9;  // percent

}  // namespace

BOOST_AUTO_TEST_CASE(a_bullet_at_par_returns_its_yield) {
    const PathSample sample(one_bullet(), 12);
    const CaseSample run(sample, base_case(sample));
    const PurchaseFigures figures = bought(run, {.timing = {}});
    std::vector<Flow> flows{{first_day, -1000.0}};
    for (std::size_t m = 1; m <= 12; ++m) {
        flows.push_back({sample.paths.horizon.ends[m], m == 12 ? 1005.0 : 5.0});
    }
    BOOST_TEST(figures.paid == 1000.0);
    BOOST_TEST(figures.accrued == 0.0);
    BOOST_CHECK_CLOSE(figures.received, 1060.0, close);
    BOOST_TEST(figures.terminal_value == 0.0);
    BOOST_CHECK_CLOSE(figures.xirr_pct, slow_xirr_pct(flows), close);
    BOOST_CHECK_CLOSE(figures.monthly_irr_pct, (std::pow(1.005, 12) - 1.0) * 100.0, close);
    BOOST_CHECK_CLOSE(figures.moic, 1.06, close);
}

BOOST_AUTO_TEST_CASE(a_loan_still_running_at_the_end_is_worth_its_balance_and_accrued_interest) {
    // Interest yearly on 15 January: half a year of it has accrued when it is sold.
    const PathSample sample(one_bullet({counts("payment_interval_months", {12})}), 6);
    const CaseSample run(sample, base_case(sample));
    const PurchaseFigures figures = bought(run, {.timing = {}});
    BOOST_TEST(figures.received == 0.0);
    BOOST_CHECK_CLOSE(figures.terminal_value, 1030.0, close);
    BOOST_CHECK_CLOSE(figures.monthly_irr_pct, (1.03 * 1.03 - 1.0) * 100.0, close);
}

BOOST_AUTO_TEST_CASE(interest_accrued_since_the_last_payment_is_paid_for) {
    const PathSample sample(
        {numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {6.0}),
         texts("interest_accrual_method", {"actual/365"}), days("maturity_date", {on(2027, 1, 5)})},
        6);
    const CaseSample run(sample, base_case(sample));
    const PurchaseFigures figures = bought(run, {.price_pct = 90.0, .timing = {}});
    BOOST_CHECK_CLOSE(figures.accrued, 1000.0 * 0.06 * 10.0 / 365.0, close);
    BOOST_CHECK_CLOSE(figures.paid, 900.0 + figures.accrued, close);
}

BOOST_AUTO_TEST_CASE(
    a_loan_at_half_price_whose_obligor_defaults_returns_what_its_collateral_brings) {
    // No cash and no income: three months of arrears, then default at the end of the third month.
    const PathSample sample(
        one_bullet({numbers("net_cash_flow", {0.0}), numbers("collateral_value", {800.0})}), 6);
    const RecoveryTiming timing{.months_to_sale = 9, .months_to_distribution = 12};
    const CaseSample run(sample, base_case(sample), no_limits(),
                         {.haircut = 0.25, .enterprise_multiple = 1.0, .timing = timing});
    const PurchaseFigures figures =
        bought(run, {.price_pct = 50.0, .haircut = 0.25, .timing = timing});
    BOOST_TEST(figures.paid == 500.0);
    BOOST_TEST(figures.received == 0.0);
    BOOST_CHECK_CLOSE(figures.terminal_value, 600.0, close);
    BOOST_CHECK_CLOSE(figures.moic, 1.2, close);
    BOOST_CHECK_CLOSE(figures.monthly_irr_pct, 20.0, close);  // one year after the purchase
    BOOST_CHECK_CLOSE(figures.xirr_pct, 20.0, close);
}

BOOST_AUTO_TEST_CASE(the_end_is_worth_only_what_new_debt_would_repay) {
    const PathSample sample(
        {numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {6.0}),
         numbers("collateral_value", {1250.0}), days("maturity_date", {on(2030, 1, 15)})},
        6);
    PathSettings settings = no_limits();
    settings.terms.refinancing.max_ltv = 0.6;
    const CaseSample run(sample, base_case(sample), settings);
    BOOST_CHECK_CLOSE(bought(run, {.timing = {}}).terminal_value, 750.0, close);
}

BOOST_AUTO_TEST_CASE(the_part_of_the_default_assumption_recovers_its_part_of_the_collateral) {
    // A tenth of the loan leaves in its one payment, on which the rest is repaid.
    const PathSample sample(
        {numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {0.0}),
         numbers("default_rate_pct", {10.0}), numbers("collateral_value", {500.0}),
         counts("payment_interval_months", {12}), days("maturity_date", {on(2027, 1, 15)})},
        12);
    const CaseSample run(sample, base_case(sample));
    const PurchaseFigures figures = bought(run, {.timing = {}});
    BOOST_CHECK_CLOSE(figures.received, 900.0 + 100.0 * 0.5, close);
}

BOOST_AUTO_TEST_CASE(a_price_below_the_risk_free_value_implies_its_default_probability) {
    // Nothing until maturity; a default on the middle of the year brings 40 % of the balance.
    const PathSample sample(
        {numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {0.0}),
         numbers("collateral_value", {400.0}), counts("payment_interval_months", {0}),
         days("maturity_date", {on(2027, 1, 15)})},
        12);
    const CaseSample run(sample, base_case(sample));
    const PurchaseFigures figures =
        bought(run, {.price_pct = 90.0, .risk_free_rate_pct = 3.0, .timing = {}});
    const double safe = 1000.0 / 1.03, lost = safe - 400.0 / std::sqrt(1.03);
    BOOST_CHECK_CLOSE(figures.implied_default_probability_pct, (safe - 900.0) / lost * 100.0,
                      close);
    BOOST_CHECK_CLOSE(figures.implied_hazard_rate_pct, (safe - 900.0) / lost * 100.0, close);
}

BOOST_AUTO_TEST_CASE(without_a_risk_free_rate_nothing_is_implied) {
    const PathSample sample(one_bullet(), 12);
    const CaseSample run(sample, base_case(sample));
    BOOST_CHECK(std::isnan(bought(run, {.timing = {}}).implied_default_probability_pct));
}

BOOST_AUTO_TEST_CASE(what_the_book_pays_and_gets_are_the_sums_of_its_positions) {
    const PathSample sample(random_loans(900, 11), 12);
    const RecoveryTiming timing{.months_to_sale = 6, .months_to_distribution = 18};
    const CaseSample run(sample, base_case(sample), no_limits(),
                         {.enterprise_multiple = 1.0, .timing = timing});
    const Purchase purchase =
        value_purchase(run.view(), run.rerun(), {.price_pct = 80.0, .timing = timing});
    double paid = 0.0, inflows = 0.0, defaulted = 0.0;
    for (const PurchaseFigures& figures : purchase.positions) {
        paid += figures.paid;
        inflows += figures.received + figures.terminal_value;
    }
    for (const std::int32_t step : run.paths.obligors.default_step) defaulted += step != 0;
    BOOST_TEST(purchase.unknown_count == 0U);
    BOOST_TEST(defaulted > 20.0);
    BOOST_CHECK_CLOSE(purchase.book.paid, paid, close);
    double flows = 0.0;
    for (const double flow : purchase.flows) flows += flow;
    BOOST_CHECK_CLOSE(flows, inflows - paid, close);
    BOOST_CHECK_CLOSE(-purchase.flows.front(), paid, close);
    BOOST_CHECK_CLOSE(purchase.book.received + purchase.book.terminal_value, inflows, close);
}

BOOST_AUTO_TEST_CASE(any_number_of_threads_gives_the_same_bits) {
    const PathSample sample(random_loans(900, 12), 12);
    const CaseSample run(sample, base_case(sample));
    const PurchaseTerms terms{.price_pct = 70.0, .risk_free_rate_pct = 2.0, .timing = {}};
    const Purchase one = value_purchase(run.view(), run.rerun(1), terms);
    const Purchase many = value_purchase(run.view(), run.rerun(5), terms);
    BOOST_TEST(one.flows == many.flows);
    BOOST_TEST(one.book.xirr_pct == many.book.xirr_pct);
}

BOOST_AUTO_TEST_CASE(a_price_of_nothing_is_refused) {
    const PathSample sample(one_bullet(), 12);
    const CaseSample run(sample, base_case(sample));
    BOOST_CHECK_EXCEPTION(bought(run, {.price_pct = 0.0, .timing = {}}), Error,
                          [](const Error& error) { return error.where() == "price_pct"; });
}

BOOST_AUTO_TEST_SUITE_END()
