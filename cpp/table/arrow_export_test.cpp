#include "table/arrow_export.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "provenance/table_digest.hpp"
#include "table/arrow_import.hpp"

BOOST_AUTO_TEST_SUITE(arrow_export_test)

using namespace seawall;

namespace {

/// One column of each type with absent cells in different places; more than a byte of bits.
Table sample(std::size_t rows, std::size_t absent_each = 3) {
    Table table;
    Column number("number", ColumnType::float64);
    Column count("count", ColumnType::int64);
    Column day("day", ColumnType::date32);
    Column truth("truth", ColumnType::boolean);
    Column text("text", ColumnType::text);
    const auto absent = [&](std::size_t row, std::size_t column) {
        return absent_each > 0 && row % absent_each == column % absent_each;
    };
    for (std::size_t row = 0; row < rows; ++row) {
        const auto value = static_cast<std::int64_t>(row) - 5;
        absent(row, 0) ? number.push_absent() : number.push(static_cast<double>(value) / 7.0);
        absent(row, 1) ? count.push_absent() : count.push(value);
        absent(row, 2) ? day.push_absent() : day.push(Date{static_cast<std::int32_t>(value)});
        absent(row, 3) ? truth.push_absent() : truth.push(row % 5 < 2 ? Truth::yes : Truth::no);
        absent(row, 4) ? text.push_absent()
                       : text.push(std::string_view(row % 4 == 0 ? "" : "caf\xC3\xA9 123")
                                       .substr(0, row % 4 == 1 ? 3 : 8));
    }
    for (Column* column : {&number, &count, &day, &truth, &text}) {
        table.columns.push_back(std::move(*column));
    }
    return table;
}

ArrowArrayStream stream_of(Table table) {
    ArrowArrayStream stream{};
    export_stream(std::make_shared<const Table>(std::move(table)), &stream);
    return stream;
}

Digest digest(const Table& table) {
    const Table* pointer = &table;
    return table_digest(std::span(&pointer, 1));
}

bool round_trips(const Table& table) {
    ArrowArrayStream stream = stream_of(table);
    return digest(import_table(&stream)) == digest(table);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_goes_out_comes_back_with_every_type_and_absent_cell) {
    for (const std::size_t rows : {0U, 1U, 7U, 8U, 9U, 64U, 1000U}) {
        for (const std::size_t absent_each : {0U, 1U, 2U, 3U}) {
            BOOST_TEST(round_trips(sample(rows, absent_each)));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_table_without_columns_goes_out_and_comes_back) {
    BOOST_TEST(round_trips(Table{}));
}

BOOST_AUTO_TEST_CASE(a_stream_is_one_batch) {
    ArrowArrayStream stream = stream_of(sample(10));
    const ArrowBatches batches(&stream);
    BOOST_TEST(batches.batches().size() == 1U);
    BOOST_TEST(batches.row_count() == 10U);
    BOOST_TEST(batches.column_count() == 5U);
    BOOST_TEST(batches.column_name(4) == "text");
    BOOST_TEST(batches.column_format(2) == "tdD");
}

BOOST_AUTO_TEST_CASE(numbers_dates_and_texts_are_the_table_s_own_memory) {
    const auto table = std::make_shared<const Table>(sample(10));
    ArrowArrayStream stream{};
    export_stream(table, &stream);
    const ArrowBatches batches(&stream);
    const ArrowArray& batch = batches.batches()[0];
    BOOST_TEST(batch.children[0]->buffers[1] == table->columns[0].float64().data());
    BOOST_TEST(batch.children[1]->buffers[1] == table->columns[1].int64().data());
    BOOST_TEST(batch.children[2]->buffers[1] == table->columns[2].dates().data());
    BOOST_TEST(batch.children[4]->buffers[2] == table->columns[4].text().bytes.data());
}

BOOST_AUTO_TEST_CASE(one_column_outlives_the_table_and_its_siblings) {
    auto table = std::make_shared<const Table>(sample(100, 0));
    ArrowArrayStream stream{};
    export_stream(table, &stream);
    const std::weak_ptr<const Table> watched = table;
    ArrowArray batch{};
    BOOST_REQUIRE(stream.get_next(&stream, &batch) == 0);
    ArrowArray kept = *batch.children[0];  // moved out, as the specification allows
    batch.children[0]->release = nullptr;
    batch.release(&batch);
    stream.release(&stream);
    table.reset();
    BOOST_TEST(!watched.expired());
    BOOST_TEST(static_cast<const double*>(kept.buffers[1])[99] == 94.0 / 7.0);
    kept.release(&kept);
    BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(a_released_stream_lets_go_of_the_table) {
    auto table = std::make_shared<const Table>(sample(3));
    const std::weak_ptr<const Table> watched = table;
    ArrowArrayStream stream{};
    export_stream(std::move(table), &stream);
    BOOST_TEST(!watched.expired());
    stream.release(&stream);
    BOOST_TEST(watched.expired());
    BOOST_TEST((stream.release == nullptr));
}

BOOST_AUTO_TEST_CASE(a_schema_outlives_its_stream) {
    ArrowArrayStream stream = stream_of(sample(3));
    ArrowSchema schema{};
    BOOST_REQUIRE(stream.get_schema(&stream, &schema) == 0);
    stream.release(&stream);
    BOOST_TEST(std::string(schema.children[0]->name) == "number");
    BOOST_TEST(std::string(schema.format) == "+s");
    BOOST_TEST(schema.children[0]->flags == arrow_flag_nullable);
    schema.release(&schema);
}

BOOST_AUTO_TEST_SUITE_END()
