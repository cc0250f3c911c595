#include "engines/debt/book.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/table_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(book_test)

using namespace seawall;
using seawall::debt::Book;
using seawall::debt::make_book;
using namespace seawall::debt::fixture;

namespace {

std::pair<ErrorCode, std::string> refusal(const debt::BookTables& tables) {
    try {
        make_book(tables);
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::cancelled, "accepted"};
}

using Refusal = std::pair<ErrorCode, std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(absent_figures_are_zero_and_absent_collateral_is_not_given) {
    const Table table = records(
        {0, 1}, {numbers("total_outstanding", {5.0, {}}), numbers("interest_rate_pct", {{}, 4.0}),
                 numbers("collateral_value", {{}, 0.0}), numbers("assets_value", {7.0, {}})});
    const Book book = make_book({.records = &table});
    BOOST_TEST(book.total_outstanding == (std::vector<double>{5.0, 0.0}));
    BOOST_TEST(book.interest_rate_pct == (std::vector<double>{0.0, 4.0}));
    BOOST_TEST(book.assets_value == (std::vector<double>{7.0, 0.0}));
    BOOST_TEST(book.collateral_given == (std::vector<std::uint8_t>{0, 1}));
}

BOOST_AUTO_TEST_CASE(columns_that_the_profile_has_not_are_zero) {
    const Table table = records({0, 1}, {numbers("total_outstanding", {5.0, 6.0})});
    const Book book = make_book({.records = &table});
    BOOST_TEST(book.assets_value == (std::vector<double>{0.0, 0.0}));
    BOOST_TEST(book.collateral_given == (std::vector<std::uint8_t>{0, 0}));
    BOOST_TEST(book.instrument_offsets == (Offsets{0, 0, 0}));
    BOOST_TEST(book.columns().record_count() == 2U);
}

BOOST_AUTO_TEST_CASE(list_rows_belong_to_the_record_whose_number_they_carry) {
    const Table table = records({2, 5, 6, 9}, {numbers("total_outstanding", {1, 1, 1, 1})});
    const Table instruments = list({2, 2, 6, 9, 9, 9}, {numbers("principal", {1, 2, 3, 4, 5, 6})});
    const Table assets = list({5}, {numbers("value", {8.0}), numbers("recovery_rate_pct", {{}})});
    const Book book =
        make_book({.records = &table, .instruments = &instruments, .distressed_assets = &assets});
    BOOST_TEST(book.instrument_offsets == (Offsets{0, 2, 2, 3, 6}));
    BOOST_TEST(book.distressed_asset_offsets == (Offsets{0, 0, 1, 1, 1}));
    BOOST_TEST(book.instrument_principal == (std::vector<double>{1, 2, 3, 4, 5, 6}));
    BOOST_TEST(book.distressed_asset_recovery_rate_pct == (std::vector<double>{0.0}));
}

BOOST_AUTO_TEST_CASE(a_list_row_of_no_record_is_refused_at_its_place) {
    const Table table = records({2, 5}, {numbers("total_outstanding", {1, 1})});
    for (const Offsets& owners : {Offsets{2, 3}, Offsets{2, 6}, Offsets{2, 1}}) {
        const Table instruments = list(owners);
        BOOST_TEST((refusal({.records = &table, .instruments = &instruments}) ==
                    Refusal{ErrorCode::invalid_input, "record[1]"}));
    }
}

BOOST_AUTO_TEST_CASE(several_currencies_are_never_added_up) {
    Table table = records({0, 1, 2}, {numbers("total_outstanding", {1, 2, 3})});
    table.columns[2] = texts("currency", {"JPY", "USD", "JPY"});
    BOOST_CHECK_EXCEPTION(make_book({.records = &table}), Error, [](const Error& error) {
        return error.code() == ErrorCode::currency_mixed && error.where() == "currency" &&
               std::string(error.what()).find("JPY 2, USD 1") != std::string::npos;
    });
}

BOOST_AUTO_TEST_CASE(a_book_knows_its_one_currency) {
    Table table = records({0, 1}, {numbers("total_outstanding", {1, 2})});
    table.columns[2] = texts("currency", {"JPY", "JPY"});
    BOOST_TEST(make_book({.records = &table}).currency == "JPY");
}

BOOST_AUTO_TEST_CASE(a_missing_rate_is_counted_once_a_position) {
    const Table table = records({0, 1, 2, 3}, {numbers("total_outstanding", {1, 1, {}, {}}),
                                               numbers("interest_rate_pct", {{}, 0.0, {}, {}})});
    const Table instruments = list(
        {2, 2, 2, 3},
        {numbers("principal", {1, 1, 1, 1}), numbers("interest_rate_pct", {{}, {}, 1.0, 2.0})});
    // Record 0 has none; of record 2 two instruments have none; its own is replaced and not asked.
    BOOST_TEST(make_book({.records = &table, .instruments = &instruments}).rate_missing_count ==
               3U);
}

BOOST_AUTO_TEST_CASE(a_book_without_any_rate_column_misses_every_rate) {
    const Table table = records({0, 1}, {numbers("total_outstanding", {1, 1})});
    BOOST_TEST(make_book({.records = &table}).rate_missing_count == 2U);
}

BOOST_AUTO_TEST_CASE(records_of_one_obligor_are_one_group_in_order_of_appearance) {
    const Table table = records({0, 1, 2, 3}, {numbers("total_outstanding", {1, 1, 1, 1}),
                                               texts("obligor_id", {"b", {}, "a", "b"})});
    const Book book = make_book({.records = &table});
    BOOST_TEST(book.obligors == (std::vector<std::string>{"b", "r1", "a"}));
    BOOST_TEST(book.obligor_of_record == (Offsets{0, 1, 2, 0}));
}

BOOST_AUTO_TEST_CASE(without_obligors_each_record_is_its_own) {
    const Table table = records({0, 1}, {numbers("total_outstanding", {1, 1})});
    BOOST_TEST(make_book({.records = &table}).obligors == (std::vector<std::string>{"r0", "r1"}));
}

BOOST_AUTO_TEST_CASE(a_book_without_records_is_refused) {
    const Table table = records({}, {numbers("total_outstanding", {})});
    BOOST_TEST((refusal({.records = &table}) == Refusal{ErrorCode::invalid_input, "records"}));
}

BOOST_AUTO_TEST_CASE(a_book_without_any_debt_figure_is_refused) {
    const Table table = records({0});
    BOOST_TEST(
        (refusal({.records = &table}) == Refusal{ErrorCode::invalid_input, "total_outstanding"}));
    const Table instruments = list({0}, {numbers("principal", {1.0})});
    BOOST_TEST(refusal({.records = &table, .instruments = &instruments}).second == "accepted");
}

BOOST_AUTO_TEST_CASE(a_column_of_another_type_is_refused_by_name) {
    const Table table = records({0}, {texts("total_outstanding", {"1"})});
    BOOST_TEST(
        (refusal({.records = &table}) == Refusal{ErrorCode::invalid_input, "total_outstanding"}));
}

BOOST_AUTO_TEST_CASE(a_missing_key_column_is_refused_by_name) {
    for (const std::size_t gone : {0U, 1U, 2U}) {
        Table table = records({0}, {numbers("total_outstanding", {1.0})});
        const std::string name = table.columns[gone].name();
        table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(gone));
        BOOST_TEST((refusal({.records = &table}) == Refusal{ErrorCode::invalid_input, name}));
    }
}

BOOST_AUTO_TEST_SUITE_END()
