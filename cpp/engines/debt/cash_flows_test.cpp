#include "engines/debt/cash_flows.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/path_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(cash_flows_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

const std::vector<double>& figure(const Table& table, const char* name) {
    return table.find(name)->float64();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_quarterly_bullet_pays_its_coupons_and_then_itself) {
    const PathSample sample(
        {numbers("total_outstanding", {1000.0}), numbers("interest_rate_pct", {8.0}),
         counts("payment_interval_months", {3}), days("maturity_date", {on(2026, 7, 15)})},
        6);
    const CaseSample run(sample, base_case(sample));
    const Table table = cash_flow_table(run.view(), run.rerun());
    BOOST_TEST(figure(table, "interest_paid") == (std::vector<double>{0, 0, 20, 0, 0, 20}));
    BOOST_TEST(figure(table, "maturity_paid") == (std::vector<double>{0, 0, 0, 0, 0, 1000}));
    BOOST_TEST(figure(table, "balance") == (std::vector<double>{1000, 1000, 1000, 1000, 1000, 0}));
    BOOST_TEST(table.find("month")->int64() == (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6}));
    BOOST_TEST(table.find("element")->absent_count() == 6U);
    const Date last{static_cast<std::int32_t>(on(2026, 7, 15).time_since_epoch().count())};
    BOOST_CHECK(table.find("date")->dates().back() == last);
}

BOOST_AUTO_TEST_CASE(flows_of_all_months_are_the_sums_of_each_loan) {
    constexpr std::size_t months = 12;
    const PathSample sample(random_loans(700, 5), months);
    CaseSample run(sample, base_case(sample));
    run.ratings.resize(700);
    const Table flows = cash_flow_table(run.view(), run.rerun());
    const Table loans = loan_path_table(run.view());
    BOOST_REQUIRE_EQUAL(flows.row_count(), 700U * months);
    for (const char* name : {"interest_due", "interest_paid", "principal_paid", "maturity_due",
                             "maturity_paid", "prepaid", "defaulted"}) {
        for (std::size_t i = 0; i < 700; ++i) {
            double sum = 0.0;
            for (std::size_t m = 0; m < months; ++m) sum += figure(flows, name)[i * months + m];
            BOOST_REQUIRE_EQUAL(sum, figure(loans, name)[i]);
        }
    }
    for (std::size_t i = 0; i < 700; ++i) {
        BOOST_REQUIRE_EQUAL(flows.find("record")->int64()[i * months],
                            loans.find("record")->int64()[i]);
        BOOST_REQUIRE_EQUAL(figure(flows, "balance")[i * months + months - 1],
                            figure(loans, "balance")[i]);
    }
}

BOOST_AUTO_TEST_CASE(chosen_records_have_the_rows_that_they_have_in_the_whole_table) {
    const PathSample sample(random_loans(600, 6), 6);
    const CaseSample run(sample, base_case(sample));
    const Table all = cash_flow_table(run.view(), run.rerun());
    const std::vector<std::int64_t> asked{599, 0, 300, 300};
    const Table some = cash_flow_table(run.view(), run.rerun(), asked);
    std::vector<std::uint8_t> keep(all.row_count());
    for (const std::size_t record : {0U, 300U, 599U}) {
        for (std::size_t m = 0; m < 6; ++m) keep[record * 6 + m] = 1;
    }
    BOOST_REQUIRE_EQUAL(some.columns.size(), all.columns.size());
    for (const char* name : {"interest_due", "balance", "prepaid"}) {
        BOOST_TEST(figure(some, name) == all.find(name)->filtered(keep).float64());
    }
    BOOST_TEST(some.find("record")->int64() == all.find("record")->filtered(keep).int64());
}

BOOST_AUTO_TEST_CASE(a_number_of_no_record_is_refused_at_its_place) {
    const PathSample sample(random_loans(3, 7), 6);
    const CaseSample run(sample, base_case(sample));
    const std::vector<std::int64_t> asked{1, 3};
    BOOST_CHECK_EXCEPTION(
        cash_flow_table(run.view(), run.rerun(), asked), Error, [](const Error& error) {
            return error.code() == ErrorCode::invalid_input && error.where() == "records[1]";
        });
}

BOOST_AUTO_TEST_SUITE_END()
