#include "engines/debt/currencies.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/book.hpp"
#include "engines/debt/currency_totals.hpp"
#include "engines/debt/exposure.hpp"
#include "engines/debt/table_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(currencies_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

using Values = std::vector<double>;

Table mixed_records() {
    Table table =
        debt::fixture::records({0, 1, 2, 3}, {numbers("total_outstanding", {8.0, 100.0, {}, 40.0}),
                                              numbers("collateral_value", {4.0, {}, 30.0, 20.0}),
                                              numbers("assets_value", {1.0, 2.0, 3.0, 4.0}),
                                              counts("source_row", {10, 11, 12, 13})});
    table.columns[2] = texts("currency", {"EUR", "JPY", "USD", "CHF"});
    return table;
}

const Conversion to_euro{.currency = "EUR", .rates = {{"JPY", 0.25}, {"USD", 0.5}, {"GBP", 2.0}}};

std::pair<ErrorCode, std::string> refusal(const Conversion& conversion) {
    try {
        const Table table = mixed_records();
        make_book({.records = &table}, {.conversion = conversion});
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::cancelled, "accepted"};
}

using Refusal = std::pair<ErrorCode, std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(every_amount_is_converted_and_what_has_no_rate_is_left_out_and_listed) {
    const Table table = mixed_records();
    const Table instruments =
        list({1, 2, 2, 3}, {numbers("principal", {200.0, 10.0, 30.0, 40.0}),
                            numbers("collateral_value", {80.0, {}, 2.0, 5.0}),
                            numbers("interest_rate_pct", {1.0, 2.0, 3.0, 4.0})});
    const Table assets =
        list({2, 3}, {numbers("value", {6.0, 7.0}), numbers("recovery_rate_pct", {50.0, 50.0})});
    const Book book =
        make_book({.records = &table, .instruments = &instruments, .distressed_assets = &assets},
                  {.conversion = to_euro});
    BOOST_TEST(book.currency == "EUR");
    BOOST_TEST(book.currency_rate == (Values{1.0, 0.25, 0.5}));
    BOOST_TEST(book.total_outstanding == (Values{8.0, 25.0, 0.0}));
    BOOST_TEST(book.original_total_outstanding == (Values{8.0, 200.0, 40.0}));
    BOOST_TEST(book.collateral_value == (Values{4.0, 0.0, 15.0}));
    BOOST_TEST(book.assets_value == (Values{1.0, 0.5, 1.5}));
    BOOST_TEST(book.instrument_principal == (Values{50.0, 5.0, 15.0}));
    BOOST_TEST(book.instrument_collateral_value == (Values{20.0, 0.0, 1.0}));
    BOOST_TEST(book.instrument_interest_rate_pct == (Values{1.0, 2.0, 3.0}));
    BOOST_TEST(book.distressed_asset_value == (Values{3.0}));
    BOOST_TEST(book.distressed_asset_recovery_rate_pct == (Values{50.0}));
    BOOST_TEST(book.kept_records->row_count() == 3U);
    BOOST_TEST(book.segments.keys.size() == 3U);
    const Table& left_out = book.unconverted;
    BOOST_TEST(left_out.find("record")->int64() == (Offsets{3}));
    BOOST_TEST(left_out.find("source_row")->int64() == (Offsets{13}));
    BOOST_TEST(left_out.find("currency")->text()[0] == "CHF");
    BOOST_TEST(left_out.find("total_outstanding")->float64() == (Values{40.0}));
}

BOOST_AUTO_TEST_CASE(totals_by_currency_hold_what_was_left_out_without_a_rate) {
    const Table table = mixed_records();
    const Book book = make_book({.records = &table}, {.conversion = to_euro});
    const Exposure exposure = measure_exposure(book.columns(), {.detail = Detail::records});
    const auto totals = currency_totals(book, exposure.records, book.unconverted);
    BOOST_REQUIRE_EQUAL(totals.size(), 4U);
    BOOST_TEST(totals[1].currency == "JPY");
    BOOST_TEST(totals[1].rate.value() == 0.25);
    BOOST_TEST(totals[1].record_count == 1U);
    BOOST_TEST(totals[1].original_total_outstanding == 100.0);
    BOOST_TEST(totals[1].total_outstanding.value() == 25.0);
    BOOST_TEST(totals[3].currency == "CHF");
    BOOST_TEST(!totals[3].rate.has_value());
    BOOST_TEST(!totals[3].total_outstanding.has_value());
    BOOST_TEST(totals[3].original_total_outstanding == 40.0);
}

BOOST_AUTO_TEST_CASE(a_book_whose_records_all_have_rates_keeps_its_tables) {
    const Table table = mixed_records();
    Conversion conversion = to_euro;
    conversion.rates["CHF"] = 0.75;
    const Book book = make_book({.records = &table}, {.conversion = conversion});
    BOOST_TEST(!book.kept_records.has_value());
    BOOST_TEST(book.unconverted.row_count() == 0U);
    BOOST_TEST(book.total_outstanding.back() == 30.0);
}

BOOST_AUTO_TEST_CASE(a_rate_that_means_nothing_is_refused_at_its_currency) {
    for (const double bad :
         {0.0, -1.0, 1e-13, 1e13, std::nan(""), std::numeric_limits<double>::infinity()}) {
        BOOST_TEST((refusal({.currency = "EUR", .rates = {{"JPY", bad}}}) ==
                    Refusal{ErrorCode::invalid_input, "currency_rates[JPY]"}));
    }
    BOOST_TEST((refusal({.currency = "EUR", .rates = {{"EUR", 1.5}}}) ==
                Refusal{ErrorCode::invalid_input, "currency_rates[EUR]"}));
    BOOST_TEST(refusal({.currency = "EUR", .rates = {{"EUR", 1.0}}}).second == "accepted");
    BOOST_TEST(
        (refusal({.currency = "", .rates = {}}) == Refusal{ErrorCode::invalid_input, "currency"}));
}

BOOST_AUTO_TEST_CASE(a_book_of_which_no_record_could_be_converted_is_refused) {
    BOOST_TEST((refusal({.currency = "SEK", .rates = {{"NOK", 1.0}}}) ==
                Refusal{ErrorCode::invalid_input, "currency_rates"}));
}

BOOST_AUTO_TEST_SUITE_END()
