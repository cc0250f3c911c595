#include "ingest/table_rows.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "errors/error.hpp"
#include "table/arrow_export.hpp"

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

struct Encoded {
    Texts texts;
    std::vector<std::int64_t> source_rows;
    std::size_t batches = 0;
};

struct Ragged {
    std::int64_t first_row = 2;
    std::vector<RaggedRow> rows;
};

Encoded rows(Table table, const Ragged& ragged = {},
             const TableSource& source = {.file_sha256 = "ab"}) {
    ArrowArrayStream stream{};
    export_stream(std::make_shared<const Table>(std::move(table)), &stream);
    const ArrowBatches batches(&stream);
    Encoded result;
    RowEncoder encoder(source, [&](const RawRecords& records) {
        result.texts.insert(result.texts.end(), records.bytes.begin(), records.bytes.end());
        result.source_rows.insert(result.source_rows.end(), records.source_rows.begin(),
                                  records.source_rows.end());
        ++result.batches;
    });
    encoder.add({.columns = batches, .first_row = ragged.first_row, .ragged = ragged.rows});
    encoder.finish();
    return result;
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
    const Encoded raw = rows(table_of({{"id", {"1", "2"}}, {"Amount", {"5", ""}}}));
    BOOST_TEST(raw.texts ==
               (Texts{R"({"cells":{"Amount":"5","id":"1"},"file_sha256":"ab","row":2})",
                      R"({"cells":{"Amount":"","id":"2"},"file_sha256":"ab","row":3})"}));
    BOOST_TEST(raw.source_rows == (std::vector<std::int64_t>{2, 3}));
}

BOOST_AUTO_TEST_CASE(keys_stand_in_the_order_of_their_utf_16_units) {
    // U+FF21 sorts before U+1F600 by code point and after it by UTF-16 unit (0xD83D).
    const Encoded raw = rows(table_of(
        {{"\xEF\xBC\xA1 a", {"1"}}, {"\xF0\x9F\x98\x80 b", {"2"}}, {"\xC3\xA9 c", {"3"}}}));
    BOOST_TEST(raw.texts[0] ==
               "{\"cells\":{\"\xC3\xA9 c\":\"3\",\"\xF0\x9F\x98\x80 b\":\"2\","
               "\"\xEF\xBC\xA1 a\":\"1\"},\"file_sha256\":\"ab\",\"row\":2}");
}

BOOST_AUTO_TEST_CASE(cells_and_names_are_escaped_as_json) {
    const Encoded raw =
        rows(table_of({{"a\"b", {"x\n\"y\"\\"}}}), {}, {.file_sha256 = "ab", .multiline = true});
    BOOST_TEST(raw.texts[0] == R"({"cells":{"a\"b":"x\n\"y\"\\"},"file_sha256":"ab","row":2})");
}

BOOST_AUTO_TEST_CASE(a_cell_over_several_lines_is_refused_unless_it_is_meant) {
    BOOST_CHECK_EXCEPTION(rows(table_of({{"id", {"1", "2\n3"}}})), Error,
                          [](const Error& error) { return error.where() == "row 3"; });
}

BOOST_AUTO_TEST_CASE(ragged_rows_stand_where_they_were_in_the_file) {
    const Encoded raw =
        rows(table_of({{"id", {"1", "2"}}}), {.rows = {{2, "x,y"}, {4, ""}, {6, "z,\"w\""}}});
    BOOST_TEST(raw.texts == (Texts{R"({"file_sha256":"ab","row":2,"text":"x,y"})",
                                   R"({"cells":{"id":"1"},"file_sha256":"ab","row":3})",
                                   R"({"cells":{"id":"2"},"file_sha256":"ab","row":5})",
                                   R"({"file_sha256":"ab","row":6,"text":"z,\"w\""})"}));
    BOOST_TEST(raw.source_rows == (std::vector<std::int64_t>{2, 3, 5, 6}));
}

BOOST_AUTO_TEST_CASE(a_ragged_row_outside_the_table_is_refused) {
    BOOST_CHECK_EXCEPTION(rows(table_of({{"id", {"1"}}}), {.rows = {{9, "x"}}}), Error,
                          [](const Error& error) { return error.where() == "ragged"; });
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

BOOST_AUTO_TEST_CASE(spellings_of_one_column_are_kept_where_they_need_not_be_unique) {
    const TableSource source{.file_sha256 = "ab", .multiline = false, .unique_columns = false};
    const Encoded raw = rows(table_of({{"Rate", {"1"}}, {"rate", {"2"}}}), {}, source);
    BOOST_TEST(raw.texts[0] == R"({"cells":{"Rate":"1","rate":"2"},"file_sha256":"ab","row":2})");
}

BOOST_AUTO_TEST_CASE(a_null_is_no_cell_and_an_empty_text_is_one) {
    Table table = table_of({{"a", {"1"}}, {"b", {"", "2"}}});
    table.columns[0].push_absent();
    BOOST_TEST(rows(std::move(table)).texts ==
               (Texts{R"({"cells":{"a":"1","b":""},"file_sha256":"ab","row":2})",
                      R"({"cells":{"b":"2"},"file_sha256":"ab","row":3})"}));
}

BOOST_AUTO_TEST_CASE(a_row_of_nulls_and_empty_texts_is_no_record_and_still_counts) {
    Table table = table_of({{"a", {}}, {"b", {"", "2"}}});
    table.columns[0].push_absent();
    table.columns[0].push(std::string_view("1"));
    BOOST_TEST(rows(std::move(table)).source_rows == (std::vector<std::int64_t>{3}));
}

BOOST_AUTO_TEST_CASE(rows_are_counted_from_where_their_run_begins) {
    const Encoded raw = rows(table_of({{"id", {"1", "2"}}}), {.first_row = 900, .rows = {}});
    BOOST_TEST(raw.source_rows == (std::vector<std::int64_t>{900, 901}));
}

BOOST_AUTO_TEST_CASE(many_rows_are_handed_out_a_batch_at_a_time) {
    Texts cells;
    for (int i = 0; i < 3'000; ++i) {
        cells.push_back(std::to_string(i) + std::string(i % 500 == 7 ? 9'000'000U : 1'000U, 'x'));
    }
    const Encoded raw = rows(table_of({{"id", cells}}));
    BOOST_TEST(raw.batches > 6U);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string expected = R"({"cells":{"id":")" + cells[i] +
                                     R"("},"file_sha256":"ab","row":)" + std::to_string(i + 2) +
                                     "}";
        if (raw.texts[i] != expected) ++wrong;
    }
    BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(a_table_without_rows_has_no_records) {
    BOOST_TEST(rows(table_of({{"id", {}}})).texts.empty());
}

BOOST_AUTO_TEST_SUITE_END()
