#include "engines/debt/shared_collateral.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "engines/debt/book.hpp"
#include "engines/debt/exposure.hpp"
#include "engines/debt/level_payment.hpp"
#include "engines/debt/table_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(shared_collateral_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

using Values = std::vector<double>;

Column flags(const char* name, const std::vector<int>& values) {
    Column column(name, ColumnType::boolean);
    for (const int value : values) {
        value < 0 ? column.push_absent() : column.push(value > 0 ? Truth::yes : Truth::no);
    }
    return column;
}

/// One shared record of 100 at 6 %, with the debt service of the figures.
struct Slice {
    Number rate_pct = 6.0, net_cash_flow = 100.0, coverage_ratio = 2.0, original = 120.0;
    std::optional<std::int64_t> months = 0;
};

Column amortization_months(std::optional<std::int64_t> months) {
    Column column("amortization_term_months", ColumnType::int64);
    months ? column.push(*months) : column.push_absent();
    return column;
}

double debt_service_share(const Slice& slice) {
    const Table table = debt::fixture::records(
        {0}, {numbers("total_outstanding", {100.0}), numbers("collateral_value", {1000.0}),
              numbers("interest_rate_pct", {slice.rate_pct}),
              numbers("net_cash_flow", {slice.net_cash_flow}),
              numbers("debt_service_coverage_ratio", {slice.coverage_ratio}),
              numbers("original_amount", {slice.original}), amortization_months(slice.months),
              flags("shared_collateral", {1})});
    const auto shared = share_collateral(table, nullptr, SharedCollateralRule::by_debt_service);
    BOOST_REQUIRE_EQUAL(shared.size(), 1U);
    return shared[0].basis == ShareBasis::debt_service ? shared[0].share : -1.0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_level_payment_repays_the_loan) {
    for (const double rate : {0.0, 1e-4, 0.005, 0.1}) {
        for (const std::int64_t count : {1, 2, 359, 360}) {
            const double payment = level_payment(1e6, rate, count);
            double balance = 1e6;
            for (std::int64_t month = 0; month < count; ++month) {
                balance = balance * (1.0 + rate) - payment;
            }
            BOOST_CHECK_SMALL(balance, 1e-9 * 1e6 * std::pow(1.0 + rate, count));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_share_is_the_slice_of_the_property_s_debt_service) {
    // 100 · 6 % · 365/360 over 100 / 2, and 12 payments of a 30-year loan of 120 over the same.
    BOOST_CHECK_CLOSE(debt_service_share({}), 6.0 * 365.0 / 360.0 / 50.0, 1e-10);
    const double payment = 120.0 * 0.005 / (1.0 - std::pow(1.005, -360.0));
    BOOST_CHECK_CLOSE(debt_service_share({.months = 360}), 12.0 * payment / 50.0, 1e-10);
}

BOOST_AUTO_TEST_CASE(a_share_that_is_none_is_withheld_and_one_just_above_1_is_1) {
    const double whole = 6.0 * 365.0 / 360.0 * 2.0;  // the cash flow of which the share is 1
    BOOST_TEST(debt_service_share({.net_cash_flow = whole / 1.01}) == 1.0);
    BOOST_TEST(debt_service_share({.net_cash_flow = whole / 1.03}) == -1.0);
    for (const Number nothing : {Number{}, Number{0.0}}) {
        BOOST_TEST(debt_service_share({.rate_pct = nothing}) == -1.0);
        BOOST_TEST(debt_service_share({.net_cash_flow = nothing}) == -1.0);
        BOOST_TEST(debt_service_share({.coverage_ratio = nothing}) == -1.0);
        BOOST_TEST(debt_service_share({.original = nothing, .months = 360}) == -1.0);
    }
    BOOST_TEST(debt_service_share({.months = -1}) == -1.0);
    BOOST_TEST(debt_service_share({.months = {}}) == -1.0);
}

BOOST_AUTO_TEST_CASE(a_stated_share_counts_and_the_rest_is_withheld) {
    const Table table = debt::fixture::records(
        {0, 1, 2, 3}, {numbers("total_outstanding", {100.0, 100.0, 100.0, 100.0}),
                       numbers("collateral_value", {80.0, 1000.0, 1000.0, {}}),
                       numbers("collateral_share", {{}, 25.0, {}, {}}),
                       flags("shared_collateral", {0, 1, 1, 1})});
    const Book book = make_book({.records = &table});
    BOOST_TEST(book.collateral_value == (Values{80.0, 250.0, 0.0, 0.0}));
    BOOST_REQUIRE_EQUAL(book.shared_collateral.size(), 2U);  // the last states no collateral
    BOOST_TEST((book.shared_collateral[0].basis == ShareBasis::stated));
    BOOST_TEST(book.shared_collateral[0].counted_value == 250.0);
    BOOST_TEST((book.shared_collateral[1].basis == ShareBasis::withheld));
    BOOST_TEST(book.shared_collateral[1].stated_value == 1000.0);
    const ExposureFigures figures = measure_exposure(book.columns(), {}).figures;
    BOOST_TEST(figures.coverable_outstanding == 300.0);
    BOOST_TEST(figures.collateral_coverage_ratio == 1.1);
    BOOST_TEST(figures.collateral_shortfall == 120.0);
    BOOST_TEST(figures.net_exposure_after_recovery == 220.0);
}

BOOST_AUTO_TEST_CASE(the_collateral_of_instruments_is_shared_as_their_record_s) {
    const Table table = debt::fixture::records(
        {0, 1}, {flags("shared_collateral", {1, 0}), numbers("collateral_share", {50.0, {}})});
    const Table instruments = list({0, 0, 1}, {numbers("principal", {1.0, 2.0, 3.0}),
                                               numbers("collateral_value", {4.0, 6.0, 8.0})});
    const Book book = make_book({.records = &table, .instruments = &instruments});
    BOOST_TEST(book.instrument_collateral_value == (Values{2.0, 3.0, 8.0}));
    BOOST_TEST(book.shared_collateral[0].stated_value == 10.0);
    BOOST_TEST(book.shared_collateral[0].counted_value == 5.0);
}

BOOST_AUTO_TEST_CASE(a_record_without_a_flag_may_share_where_the_tape_has_flags) {
    const Table table =
        debt::fixture::records({0, 1, 2}, {numbers("total_outstanding", {100.0, 100.0, 100.0}),
                                           numbers("collateral_value", {1000.0, 1000.0, 80.0}),
                                           numbers("collateral_share", {{}, 25.0, 100.0}),
                                           flags("shared_collateral", {-1, -1, 0})});
    const Book book = make_book({.records = &table});
    BOOST_TEST(book.collateral_value == (Values{0.0, 250.0, 80.0}));
    BOOST_REQUIRE_EQUAL(book.shared_collateral.size(), 2U);
    BOOST_TEST((book.shared_collateral[0].basis == ShareBasis::withheld));
    BOOST_TEST((book.shared_collateral[1].basis == ShareBasis::stated));
}

BOOST_AUTO_TEST_CASE(a_stated_share_counts_in_a_tape_without_flags) {
    const Table table =
        debt::fixture::records({0, 1}, {numbers("total_outstanding", {100.0, 100.0}),
                                        numbers("collateral_value", {1000.0, 80.0}),
                                        numbers("collateral_share", {25.0, {}})});
    const Book book = make_book({.records = &table});
    BOOST_TEST(book.collateral_value == (Values{250.0, 80.0}));
    BOOST_REQUIRE_EQUAL(book.shared_collateral.size(), 1U);
    BOOST_TEST((book.shared_collateral[0].basis == ShareBasis::stated));
}

BOOST_AUTO_TEST_CASE(a_share_below_100_of_collateral_that_is_not_shared_is_refused) {
    const Table table = debt::fixture::records(
        {4, 7}, {flags("shared_collateral", {0, 0}), numbers("total_outstanding", {1.0, 1.0}),
                 numbers("collateral_share", {100.0, 99.5})});
    BOOST_CHECK_EXCEPTION(make_book({.records = &table}), Error, [](const Error& error) {
        return error.code() == ErrorCode::invalid_input && error.where() == "collateral_share[7]";
    });
}

BOOST_AUTO_TEST_CASE(a_stated_share_outside_0_to_100_is_refused_at_its_place) {
    for (const double bad : {-1.0, 100.5, std::nan("")}) {
        const Table table = debt::fixture::records(
            {0, 1}, {flags("shared_collateral", {1, 1}), numbers("total_outstanding", {1.0, 1.0}),
                     numbers("collateral_share", {1.0, bad})});
        BOOST_CHECK_EXCEPTION(make_book({.records = &table}), Error, [](const Error& error) {
            return error.code() == ErrorCode::invalid_input &&
                   error.where() == "collateral_share[1]";
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
