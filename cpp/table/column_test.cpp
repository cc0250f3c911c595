#include "table/column.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(column_test)

using namespace seawall;

namespace {

Column texts(const std::vector<const char*>& values) {
    Column column("t", ColumnType::text);
    for (const char* value : values) {
        if (value == nullptr) {
            column.push_absent();
        } else {
            column.push(std::string_view(value));
        }
    }
    return column;
}

std::vector<std::string> all(const Column& column) {
    std::vector<std::string> values;
    for (std::size_t row = 0; row < column.size(); ++row) {
        values.push_back(column.is_present(row) ? std::string(column.text()[row]) : "absent");
    }
    return values;
}

using Texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(an_absent_cell_holds_zero_and_is_counted) {
    Column column("x", ColumnType::float64);
    column.push(1.5);
    column.push_absent();
    BOOST_TEST(column.float64() == (std::vector<double>{1.5, 0.0}));
    BOOST_TEST(column.absent_count() == 1U);
    BOOST_TEST(!column.is_present(1));
}

BOOST_AUTO_TEST_CASE(every_type_has_absent_cells) {
    for (const ColumnType type : {ColumnType::float64, ColumnType::int64, ColumnType::date32,
                                  ColumnType::boolean, ColumnType::text}) {
        Column column("x", type);
        column.push_absent();
        BOOST_TEST(column.size() == 1U);
        BOOST_TEST(column.absent_count() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(texts_lie_one_after_the_other) {
    const Column column = texts({"ab", "", nullptr, "c"});
    BOOST_TEST(column.text().bytes == "abc");
    BOOST_TEST(column.text().offsets == (std::vector<std::int32_t>{0, 2, 2, 2, 3}));
}

BOOST_AUTO_TEST_CASE(appended_texts_keep_their_values_and_gaps) {
    Column column = texts({"ab", nullptr});
    column.append(texts({}));
    column.append(texts({nullptr, "", "cde"}));
    BOOST_TEST(all(column) == (Texts{"ab", "absent", "absent", "", "cde"}));
    BOOST_TEST(column.absent_count() == 2U);
}

BOOST_AUTO_TEST_CASE(a_filter_keeps_rows_and_gaps) {
    const Column kept = texts({"a", nullptr, "b", nullptr, "c"}).filtered({1, 1, 0, 0, 1});
    BOOST_TEST(all(kept) == (Texts{"a", "absent", "c"}));
    BOOST_TEST(kept.absent_count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_table_finds_its_columns_by_name) {
    Table table;
    BOOST_TEST(table.row_count() == 0U);
    table.columns.push_back(texts({"a", "b"}));
    BOOST_TEST(table.row_count() == 2U);
    BOOST_TEST(table.find("t") == &table.columns[0]);
    BOOST_TEST(table.find("u") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_table_weighs_its_values_and_one_byte_of_presence_a_cell) {
    Table table;
    table.columns.push_back(texts({"abc", "d"}));  // 4 bytes of text, 2 offsets of 4
    Column numbers("n", ColumnType::int64);
    numbers.push(std::int64_t{1});
    numbers.push(std::int64_t{2});
    table.columns.push_back(numbers);
    BOOST_TEST(byte_count(table) == (2U + 4U + 8U) + (2U + 16U));
}

BOOST_AUTO_TEST_SUITE_END()
