#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/cash_flows.hpp"
#include "engines/debt/contractual_balance.hpp"
#include "engines/debt/path_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(principal_schedule_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

std::vector<Column> one_loan(std::vector<Column> more = {}) {
    std::vector<Column> columns{
        numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {6.0}),
        texts("interest_accrual_method", {"30/360"}), days("maturity_date", {on(2026, 7, 15)})};
    for (Column& column : more) columns.push_back(std::move(column));
    return columns;
}

Table schedule(const std::vector<std::optional<Day>>& due, const std::vector<Number>& principal) {
    return list(Offsets(due.size()), {days("due_date", due), numbers("principal", principal)});
}

/// 100 on a payment day, 50 between two, and 30 that is past.
Table sample_schedule() {
    return schedule({on(2026, 4, 1), on(2026, 2, 15), on(2025, 12, 15)}, {50.0, 100.0, 30.0});
}

std::vector<double> figure(const PathSample& sample, const char* name) {
    const CaseSample run(sample, base_case(sample));
    return cash_flow_table(run.view(), run.rerun()).find(name)->float64();
}

std::string place_of_refusal(const std::vector<Column>& columns, const Table& of) {
    try {
        const PathSample sample(columns, 6, {}, of);
    } catch (const Error& error) {
        return error.where();
    }
    return "accepted";
}

using Months = std::vector<double>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_schedule_is_repaid_on_the_next_payment_days_and_the_rest_at_maturity) {
    const PathSample sample(one_loan({texts("amortisation", {"custom"})}), 6, {},
                            sample_schedule());
    BOOST_TEST(figure(sample, "principal_due") == (Months{100, 0, 50, 0, 0, 0}));
    BOOST_TEST(figure(sample, "maturity_due") == (Months{0, 0, 0, 0, 0, 850}));
    BOOST_TEST(figure(sample, "interest_due") == (Months{5, 4.5, 4.5, 4.25, 4.25, 4.25}));
}

BOOST_AUTO_TEST_CASE(a_record_with_a_schedule_needs_no_name_for_its_amortisation) {
    const PathSample sample(one_loan(), 6, {}, sample_schedule());
    BOOST_TEST(figure(sample, "principal_due") == (Months{100, 0, 50, 0, 0, 0}));
    BOOST_TEST(sample.paths.assumed.amortisation == 0U);
}

BOOST_AUTO_TEST_CASE(custom_amortisation_without_a_schedule_is_counted_as_assumed) {
    const PathSample sample(one_loan({texts("amortisation", {"custom"})}), 6);
    BOOST_TEST(sample.paths.assumed.amortisation == 1U);
    BOOST_TEST(figure(sample, "principal_due") == Months(6, 0.0));
}

BOOST_AUTO_TEST_CASE(no_more_is_repaid_than_is_owed) {
    const PathSample sample(one_loan(), 6, {}, schedule({on(2026, 2, 15)}, {5000.0}));
    BOOST_TEST(figure(sample, "principal_due") == (Months{1000, 0, 0, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(what_left_by_default_pays_no_part_of_the_schedule) {
    const PathSample sample(
        one_loan({numbers("default_rate_pct", {100.0 * (1.0 - 0.531441)}),  // 0.9 ^ 6 a year
                  counts("payment_interval_months", {2})}),
        6, {}, schedule({on(2026, 3, 15), on(2026, 5, 15)}, {100.0, 100.0}));
    const Months due = figure(sample, "principal_due");
    BOOST_CHECK_CLOSE(due[1], 90.0, 1e-10);
    BOOST_CHECK_CLOSE(due[3], 81.0, 1e-10);
}

BOOST_AUTO_TEST_CASE(a_schedule_lowers_the_balance_of_a_later_maturity) {
    std::vector<Column> columns = one_loan();
    columns.back() = days("maturity_date", {on(2028, 7, 15)});
    const PathSample sample(columns, 6, {}, schedule({on(2027, 7, 15), on(2026, 2, 15)}, {1, 2}));
    BOOST_TEST(contractual_balances(sample.paths, {}).front() == 997.0);
}

BOOST_AUTO_TEST_CASE(half_a_loan_that_becomes_equity_repays_half_of_its_schedule) {
    const PathSample sample(one_loan(), 6, {{.position = 0, .equitised_fraction = 0.5}},
                            sample_schedule());
    BOOST_TEST(figure(sample, "principal_due") == (Months{50, 0, 25, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(a_schedule_that_contradicts_its_record_is_refused_at_its_place) {
    BOOST_TEST(place_of_refusal(one_loan({texts("amortisation", {"linear"})}), sample_schedule()) ==
               "amortisation[0]");
    BOOST_TEST(place_of_refusal(one_loan(), schedule({on(2026, 2, 15)}, {-1.0})) ==
               "principal_schedule[0]");
    BOOST_TEST(place_of_refusal(one_loan(), schedule({{}}, {1.0})) == "principal_schedule[0]");
}

BOOST_AUTO_TEST_CASE(a_schedule_of_a_record_with_instruments_is_refused) {
    const Table loans = records({4}, {numbers("total_outstanding", {{}})});
    const Table instruments = list({4}, {numbers("principal", {1.0})});
    const Table due = list({4}, {days("due_date", {on(2026, 2, 15)}), numbers("principal", {1.0})});
    const BookTables tables{
        .records = &loans, .instruments = &instruments, .principal_schedule = &due};
    const Book book = make_book(tables);
    BOOST_CHECK_EXCEPTION(read_loan_terms(tables, book), Error, [](const Error& error) {
        return error.where() == "principal_schedule[4]";
    });
}

BOOST_AUTO_TEST_SUITE_END()
