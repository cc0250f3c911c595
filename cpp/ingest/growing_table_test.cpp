#include "ingest/growing_table.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(growing_table_test)

using seawall::ColumnType;
using seawall::Table;
using seawall::ingest::GrowingTable;

namespace {

constexpr std::size_t number = 0;
constexpr std::size_t text = 1;
using Presence = std::vector<std::uint8_t>;

GrowingTable empty() {
    GrowingTable table;
    table.add_column("number", ColumnType::float64, GrowingTable::Keep::when_met);
    table.add_column("text", ColumnType::text, GrowingTable::Keep::always);
    return table;
}

void end_rows(GrowingTable& table, int count) {
    for (int row = 0; row < count; ++row) table.end_row();
}

}  // namespace

BOOST_AUTO_TEST_CASE(rows_without_a_value_are_absent_before_between_and_after) {
    GrowingTable growing = empty();
    end_rows(growing, 1);
    growing.push(number, 1.5);
    end_rows(growing, 2);
    growing.push(number, 2.5);
    end_rows(growing, 2);
    const Table table = std::move(growing).finish();
    BOOST_TEST(table.find("number")->presence() == (Presence{0, 1, 0, 1, 0}));
    BOOST_TEST(table.find("number")->float64() == (std::vector<double>{0.0, 1.5, 0.0, 2.5, 0.0}));
    BOOST_TEST(table.find("text")->absent_count() == 5U);
}

BOOST_AUTO_TEST_CASE(a_column_without_a_value_is_there_when_it_was_met) {
    GrowingTable growing = empty();
    end_rows(growing, 1);
    GrowingTable met = growing;
    met.meet(number);
    BOOST_TEST(std::move(growing).finish().find("number") == nullptr);
    BOOST_TEST(std::move(met).finish().find("number")->presence() == (Presence{0}));
}

BOOST_AUTO_TEST_CASE(a_table_appends_the_values_and_the_columns_of_the_next) {
    GrowingTable growing = empty();
    growing.push(text, std::string_view("a"));
    end_rows(growing, 2);
    GrowingTable next = empty();
    end_rows(next, 1);
    next.push(number, 7.0);
    end_rows(next, 2);
    growing.append(next);
    GrowingTable last = empty();
    last.push(text, std::string_view("b"));
    end_rows(last, 1);
    growing.append(last);
    const Table table = std::move(growing).finish();
    BOOST_TEST(table.find("number")->presence() == (Presence{0, 0, 0, 1, 0, 0}));
    BOOST_TEST(table.find("text")->presence() == (Presence{1, 0, 0, 0, 0, 1}));
}

BOOST_AUTO_TEST_CASE(what_was_met_in_the_next_is_kept_where_it_is_appended) {
    GrowingTable growing = empty();
    GrowingTable next = empty();
    next.meet(number);
    end_rows(next, 1);
    growing.append(next);
    BOOST_TEST(std::move(growing).finish().find("number")->absent_count() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
