#include "engines/debt/weekly_cash.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/cash_flows.hpp"
#include "engines/debt/path_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(weekly_cash_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

/// 1,000 at 6 % a year, interest of 5 on the 19th: day 4, 35 (a Thursday, the last of its week) and
/// 63. Its obligor has 10 in cash and earns 31 a month, 1 a day in January.
std::vector<Column> one_loan(std::vector<Column> more = {}) {
    std::vector<Column> columns{
        numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {6.0}),
        texts("interest_accrual_method", {"30/360"}), days("maturity_date", {on(2027, 1, 19)})};
    for (Column& column : more) columns.push_back(std::move(column));
    return columns;
}

std::vector<Column> one_earner(double cash, std::vector<Column> more = {}) {
    more.push_back(numbers("net_cash_flow", {372.0}));
    more.push_back(numbers("cash", {cash}));
    return one_loan(std::move(more));
}

PathSettings retaining() {
    PathSettings settings = no_limits();
    settings.terms.retains_surplus = true;
    return settings;
}

std::vector<double> week_figure(const PathSample& sample, const PathCase& path_case,
                                const char* name, const PathSettings& settings = retaining(),
                                const PaymentCalendar& days_of_payment = {}) {
    const CaseSample run(sample, path_case, settings);
    return weekly_cash_table(run.view(), run.rerun(), days_of_payment).find(name)->float64();
}

using Weeks = std::vector<double>;

}  // namespace

BOOST_AUTO_TEST_CASE(receipts_accrue_by_the_day_and_interest_falls_on_its_day) {
    const PathSample sample(one_earner(10.0), 6);
    const PathCase base = base_case(sample);
    const Weeks receipts = week_figure(sample, base, "receipts");
    for (std::size_t w = 0; w < 4; ++w) BOOST_CHECK_CLOSE(receipts[w], 7.0, 1e-10);
    BOOST_CHECK_CLOSE(receipts[4], 3.0 + 4.0 * 31.0 / 28.0, 1e-10);  // February from day 32 on
    BOOST_TEST(week_figure(sample, base, "interest_paid") ==
               (Weeks{5, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 0}));
    BOOST_CHECK_CLOSE(week_figure(sample, base, "closing_cash").back(),
                      10.0 + 3.0 * 31.0 + 31.0 / 30.0 - 15.0, 1e-10);
}

BOOST_AUTO_TEST_CASE(a_holiday_moves_a_payment_into_the_next_week) {
    const PathSample sample(one_earner(10.0), 6);
    const PaymentCalendar moves{.convention = calendar::BusinessDayConvention::following,
                                .holidays = calendar::HolidayCalendar({on(2026, 2, 19)})};
    BOOST_TEST(week_figure(sample, base_case(sample), "interest_paid", retaining(), moves) ==
               (Weeks{5, 0, 0, 0, 0, 5, 0, 0, 5, 0, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(receipts_of_the_days_of_delay_come_later) {
    const PathSample sample(one_earner(10.0), 6);
    PathCase late = base_case(sample);
    late.collection_extension_days = 10;
    const Weeks receipts = week_figure(sample, late, "receipts");
    BOOST_TEST(receipts[0] == 0.0);
    BOOST_CHECK_CLOSE(receipts[1], 4.0, 1e-10);
    BOOST_CHECK_CLOSE(receipts[2], 7.0, 1e-10);
}

BOOST_AUTO_TEST_CASE(a_factor_of_a_month_holds_from_the_day_after_the_month_before) {
    const PathSample sample(one_earner(10.0), 6);
    PathCase falling = base_case(sample);
    falling.drivers[1].revenue_factor = 0.5;  // from day 32 on, the fourth day of week 5
    BOOST_CHECK_CLOSE(week_figure(sample, falling, "receipts")[4], 3.0 + 4.0 * 31.0 / 28.0 * 0.5,
                      1e-10);
}

BOOST_AUTO_TEST_CASE(suppliers_paid_sooner_take_their_days_of_cost_on_the_first_day) {
    const PathSample sample(
        one_loan({numbers("revenue", {730.0}), numbers("operating_expenses", {372.0})}), 6);
    PathCase sooner = base_case(sample);
    sooner.payment_period_change_days = -10;
    const Weeks payments = week_figure(sample, sooner, "operating_payments");
    BOOST_CHECK_CLOSE(payments[0], 7.0 + 10.0 * 372.0 / 365.0, 1e-10);
    BOOST_CHECK_CLOSE(payments[1], 7.0, 1e-10);
}

BOOST_AUTO_TEST_CASE(what_a_week_does_not_pay_is_paid_from_what_comes_next) {
    const PathSample sample(one_earner(0.0, {numbers("arrears_amount", {9.0})}), 6);
    const PathCase base = base_case(sample);
    const Weeks paid = week_figure(sample, base, "interest_paid");
    const Weeks lacking = week_figure(sample, base, "debt_service_shortfall");
    BOOST_CHECK_CLOSE(paid[0], 7.0, 1e-10);
    BOOST_CHECK_CLOSE(lacking[0], 5.0, 1e-10);  // the arrears came first
    BOOST_CHECK_CLOSE(paid[1], 7.0, 1e-10);
    BOOST_TEST(lacking[1] == 0.0);
}

BOOST_AUTO_TEST_CASE(surplus_is_distributed_when_the_month_ends) {
    const PathSample sample(one_earner(10.0), 6);
    const Weeks distributed = week_figure(sample, base_case(sample), "distributed", no_limits());
    // Months end on day 31, 59 and 90: in the weeks 5, 9 and 13.
    for (std::size_t w = 0; w < week_count; ++w) {
        BOOST_TEST((distributed[w] > 0.0) == (w == 4 || w == 8 || w == 12));
    }
    BOOST_CHECK_CLOSE(distributed[4], 31.0 + 4.0 * 31.0 / 28.0 - 10.0, 1e-10);
}

BOOST_AUTO_TEST_CASE(cash_pays_what_new_debt_leaves_of_a_maturity) {
    const PathSample sample(
        {numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {0.0}),
         numbers("net_cash_flow", {0.0}), numbers("cash", {450.0}),
         numbers("collateral_value", {1000.0}), days("maturity_date", {on(2026, 2, 19)})},
        6);
    PathSettings settings = retaining();
    settings.terms.refinancing.max_ltv = 0.6;
    const PathCase base = base_case(sample);
    BOOST_CHECK_CLOSE(week_figure(sample, base, "refinanced", settings)[4], 600.0, 1e-10);
    BOOST_CHECK_CLOSE(week_figure(sample, base, "maturity_paid_in_cash", settings)[4], 400.0,
                      1e-10);
    BOOST_CHECK_CLOSE(week_figure(sample, base, "closing_cash", settings)[4], 50.0, 1e-10);
}

BOOST_AUTO_TEST_CASE(after_a_default_nothing_moves) {
    const PathSample sample(
        {numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {0.0}),
         numbers("net_cash_flow", {372.0}), numbers("collateral_value", {1000.0}),
         days("maturity_date", {on(2026, 1, 29)})},
        6);
    PathSettings settings = retaining();
    settings.terms.refinancing.max_ltv = 0.6;
    const CaseSample run(sample, base_case(sample), settings);
    const Table weeks = weekly_cash_table(run.view(), run.rerun(), {});
    const auto& receipts = weeks.find("receipts")->float64();
    BOOST_CHECK_CLOSE(receipts[4], 3.0, 1e-10);  // the month of the default ends on day 31
    BOOST_TEST(receipts[5] == 0.0);
    BOOST_CHECK_CLOSE(weeks.find("refinancing_shortfall")->float64()[1], 400.0, 1e-10);
    BOOST_TEST(weeks.find("short_count")->int64()[1] == 1);
    BOOST_TEST(weeks.find("short_count")->int64()[5] == 0);
}

BOOST_AUTO_TEST_CASE(cash_of_every_obligor_is_what_it_was_and_what_moved) {
    const PathSample sample(random_loans(400, 31), 6);
    PathCase hard = base_case(sample);
    hard.collection_extension_days = 20;
    hard.payment_period_change_days = -15;
    for (StepDrivers& drivers : hard.drivers) drivers.revenue_factor = 0.8;
    const CaseSample run(sample, hard);
    const Table weeks = obligor_weekly_cash_table(run.view(), run.rerun(), {});
    const auto cell = [&](const char* name, std::size_t i) {
        return weeks.find(name)->float64()[i];
    };
    double paid = 0.0;
    for (std::size_t i = 0; i < weeks.row_count(); ++i) {
        if (weeks.find("income_known")->truths()[i] == Truth::no) continue;
        const double closing = cell("opening_cash", i) + cell("receipts", i) -
                               cell("operating_payments", i) + cell("operating_shortfall", i) -
                               cell("interest_paid", i) - cell("principal_paid", i) -
                               cell("maturity_paid_in_cash", i) - cell("distributed", i);
        BOOST_REQUIRE_SMALL(closing - cell("closing_cash", i), 1e-6);
        if (i % week_count != 0) {
            BOOST_REQUIRE_EQUAL(cell("opening_cash", i), cell("closing_cash", i - 1));
        }
        paid += cell("interest_paid", i);
    }
    BOOST_TEST(paid > 0.0);
    const Table book = weekly_cash_table(run.view(), run.rerun(), {});
    double of_book = 0.0;
    for (const double of_week : book.find("interest_paid")->float64()) of_book += of_week;
    BOOST_CHECK_CLOSE(of_book, paid, 1e-9);
}

BOOST_AUTO_TEST_CASE(what_falls_due_in_the_weeks_is_what_falls_due_in_their_months) {
    // All payments on the 15th: those of three months are in the 91 days.
    std::vector<Column> columns = random_loans(300, 32);
    std::erase_if(columns, [](const Column& column) { return column.name() == "maturity_date"; });
    std::vector<std::optional<Day>> maturity;
    for (std::size_t i = 0; i < 300; ++i) {
        maturity.emplace_back(
            on(2026 + static_cast<int>(i % 4), 3U + static_cast<unsigned>(i % 9), 15));
    }
    columns.push_back(days("maturity_date", maturity));
    const PathSample sample(columns, 6);
    const CaseSample run(sample, base_case(sample));
    const Table months = cash_flow_table(run.view(), run.rerun());
    const Table weeks = obligor_weekly_cash_table(run.view(), run.rerun(), {});
    for (const char* name : {"interest_due", "principal_due", "maturity_due"}) {
        double by_month = 0.0, by_week = 0.0;
        for (std::size_t i = 0; i < months.row_count(); ++i) {
            if (i % 6 < 3) by_month += months.find(name)->float64()[i];
        }
        for (const double due : weeks.find(name)->float64()) by_week += due;
        BOOST_TEST(by_month > 0.0);
        BOOST_CHECK_CLOSE(by_week, by_month, 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(a_horizon_of_less_than_91_days_is_refused) {
    const PathSample sample(one_earner(1.0), 2);
    BOOST_CHECK_EXCEPTION(week_figure(sample, base_case(sample), "receipts"), Error,
                          [](const Error& error) { return error.where() == "months"; });
}

BOOST_AUTO_TEST_SUITE_END()
