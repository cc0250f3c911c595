#include "ingest/table_rows.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "table/arrow_export.hpp"
#include "table/error.hpp"

BOOST_AUTO_TEST_SUITE(table_rows_test)

using namespace seawall::ingest;
using seawall::ArrowBatches;
using seawall::Column;
using seawall::ColumnType;
using seawall::Error;
using seawall::ErrorCode;
using seawall::Table;

namespace {

using Texts = std::vector<std::string>;

/// A table of texts, column by column: its name, then its cells.
Table table_of(const std::vector<std::pair<std::string, Texts>>& columns) {
    Table table;
    for (const auto& [name, cells] : columns) {
        Column& column = table.columns.emplace_back(name, ColumnType::text);
        for (const std::string& cell : cells) column.push(std::string_view(cell));
    }
    return table;
}

RawRecords rows(Table table, const TableSource& source = {
                                 .file_sha256 = "ab", .multiline = false, .ragged_rows = {}}) {
    ArrowArrayStream stream{};
    export_stream(std::make_shared<const Table>(std::move(table)), &stream);
    const ArrowBatches batches(&stream);
    return raw_table_rows(batches, source);
}

Texts texts(const RawRecords& raw) {
    return {raw.bytes.begin(), raw.bytes.end()};
}

std::string refusal(Table table, ErrorCode code) {
    try {
        rows(std::move(table));
    } catch (const Error& error) {
        BOOST_TEST((error.code() == code));
        return error.where();
    }
    return "accepted";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_row_is_canonical_json_of_its_cells_with_file_and_row) {
    const RawRecords raw = rows(table_of({{"id", {"1", "2"}}, {"Amount", {"5", ""}}}));
    BOOST_TEST((raw.form == RecordForm::table_row));
    BOOST_TEST(texts(raw) ==
               (Texts{R"({"cells":{"Amount":"5","id":"1"},"file_sha256":"ab","row":2})",
                      R"({"cells":{"Amount":"","id":"2"},"file_sha256":"ab","row":3})"}));
    BOOST_TEST(raw.source_rows == (std::vector<std::int64_t>{2, 3}));
}

BOOST_AUTO_TEST_CASE(keys_stand_in_the_order_of_their_utf_16_units) {
    // U+FF21 sorts before U+1F600 by code point and after it by UTF-16 unit (0xD83D).
    const RawRecords raw = rows(table_of(
        {{"\xEF\xBC\xA1 a", {"1"}}, {"\xF0\x9F\x98\x80 b", {"2"}}, {"\xC3\xA9 c", {"3"}}}));
    BOOST_TEST(raw.bytes[0] ==
               "{\"cells\":{\"\xC3\xA9 c\":\"3\",\"\xF0\x9F\x98\x80 b\":\"2\","
               "\"\xEF\xBC\xA1 a\":\"1\"},\"file_sha256\":\"ab\",\"row\":2}");
}

BOOST_AUTO_TEST_CASE(cells_and_names_are_escaped_as_json) {
    const RawRecords raw = rows(table_of({{"a\"b", {"x\n\"y\"\\"}}}),
                                {.file_sha256 = "ab", .multiline = true, .ragged_rows = {}});
    BOOST_TEST(raw.bytes[0] == R"({"cells":{"a\"b":"x\n\"y\"\\"},"file_sha256":"ab","row":2})");
}

BOOST_AUTO_TEST_CASE(a_cell_over_several_lines_is_refused_unless_it_is_meant) {
    BOOST_CHECK_EXCEPTION(rows(table_of({{"id", {"1", "2\n3"}}})), Error,
                          [](const Error& error) { return error.where() == "row 3"; });
}

BOOST_AUTO_TEST_CASE(ragged_rows_stand_where_they_were_in_the_file) {
    const RawRecords raw = rows(table_of({{"id", {"1", "2"}}}),
                                {.file_sha256 = "ab",
                                 .multiline = false,
                                 .ragged_rows = {{2, "x,y"}, {4, ""}, {6, "z,\"w\""}}});
    BOOST_TEST(texts(raw) == (Texts{R"({"file_sha256":"ab","row":2,"text":"x,y"})",
                                    R"({"cells":{"id":"1"},"file_sha256":"ab","row":3})",
                                    R"({"cells":{"id":"2"},"file_sha256":"ab","row":5})",
                                    R"({"file_sha256":"ab","row":6,"text":"z,\"w\""})"}));
    BOOST_TEST(raw.source_rows == (std::vector<std::int64_t>{2, 3, 5, 6}));
}

BOOST_AUTO_TEST_CASE(a_ragged_row_outside_the_table_is_refused) {
    BOOST_CHECK_EXCEPTION(
        rows(table_of({{"id", {"1"}}}),
             {.file_sha256 = "ab", .multiline = false, .ragged_rows = {{9, "x"}}}),
        Error, [](const Error& error) { return error.where() == "ragged_rows"; });
}

BOOST_AUTO_TEST_CASE(two_columns_of_one_name_are_refused_at_the_second) {
    BOOST_TEST(refusal(table_of({{"a", {}}, {"b", {}}, {"a", {}}}), ErrorCode::source_unreadable) ==
               "header[2]");
    BOOST_TEST(refusal(table_of({{"Loan Nr", {}}, {"loan_nr", {}}}),
                       ErrorCode::source_unreadable) == "header[1]");
}

BOOST_AUTO_TEST_CASE(a_column_that_is_no_text_is_refused_by_name) {
    Table table = table_of({{"id", {}}});
    table.columns.emplace_back("amount", ColumnType::float64);
    BOOST_TEST(refusal(std::move(table), ErrorCode::invalid_input) == "amount");
}

BOOST_AUTO_TEST_CASE(records_stay_in_place_over_many_arenas) {
    Texts cells;
    for (int i = 0; i < 3'000; ++i) {
        cells.push_back(std::to_string(i) + std::string(i % 500 == 7 ? 2'000'000U : 1'000U, 'x'));
    }
    const RawRecords raw = rows(table_of({{"id", cells}}));
    BOOST_TEST(raw.owned.size() > 3U);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string expected = R"({"cells":{"id":")" + cells[i] +
                                     R"("},"file_sha256":"ab","row":)" + std::to_string(i + 2) +
                                     "}";
        if (raw.bytes[i] != expected) ++wrong;
    }
    BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(a_table_without_rows_has_no_records) {
    BOOST_TEST(rows(table_of({{"id", {}}})).size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
