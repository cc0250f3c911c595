#include "table/arrow_import.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "errors/error.hpp"

namespace seawall {
namespace {

bool bit_is_set(const std::uint8_t* bits, std::size_t index) {
    return ((static_cast<unsigned>(bits[index / 8]) >> (index % 8)) & 1U) != 0;
}

template <typename T>
const T* buffer_of(const ArrowArray& array, std::size_t index) {
    return static_cast<const T*>(array.buffers[index]);
}

const ArrowArray& child_of(const ArrowArray& batch, std::size_t column) {
    return *batch.children[column];
}

ColumnType type_of(std::string_view format, const std::string& name) {
    static constexpr std::array<std::pair<std::string_view, ColumnType>, 5> known{
        {{"g", ColumnType::float64},
         {"l", ColumnType::int64},
         {"tdD", ColumnType::date32},
         {"b", ColumnType::boolean},
         {"u", ColumnType::text}}};
    for (const auto& [text, type] : known) {
        if (text == format) return type;
    }
    throw Error(ErrorCode::invalid_input, name,
                "a column of Arrow format '" + std::string(format) + "' cannot be read");
}

void push_cell(Column& column, const ArrowArray& batch, std::size_t index, std::size_t row) {
    const ArrowArray& array = child_of(batch, index);
    const std::size_t at = row + static_cast<std::size_t>(array.offset);
    const auto* validity = buffer_of<std::uint8_t>(array, 0);
    if (validity != nullptr && !bit_is_set(validity, at)) return column.push_absent();
    switch (column.type()) {
        case ColumnType::float64:
            return column.push(buffer_of<double>(array, 1)[at]);
        case ColumnType::int64:
            return column.push(buffer_of<std::int64_t>(array, 1)[at]);
        case ColumnType::date32:
            return column.push(Date{buffer_of<std::int32_t>(array, 1)[at]});
        case ColumnType::boolean:
            return column.push(bit_is_set(buffer_of<std::uint8_t>(array, 1), at) ? Truth::yes
                                                                                 : Truth::no);
        case ColumnType::text:
            return column.push(ArrowText(batch, index)[row]);
    }
}

}  // namespace

ArrowBatches::ArrowBatches(ArrowArrayStream* stream) {
    const auto fail = [&](const char* what) {
        const char* detail = stream->get_last_error(stream);
        const std::string message = detail != nullptr ? detail : what;
        stream->release(stream);
        release();
        throw Error(ErrorCode::source_unreadable, "", message);
    };
    if (stream->get_schema(stream, &schema_) != 0) fail("the Arrow stream has no schema");
    if (std::string_view(schema_.format) != "+s") {
        stream->release(stream);
        release();
        throw Error(ErrorCode::invalid_input, "", "the Arrow stream is not one of tables");
    }
    while (true) {
        ArrowArray batch{};
        if (stream->get_next(stream, &batch) != 0) fail("the Arrow stream broke off");
        if (batch.release == nullptr) break;
        batches_.push_back(batch);
        if (batch.offset != 0) fail("sliced record batches are not accepted");
    }
    stream->release(stream);
}

ArrowBatches::~ArrowBatches() {
    release();
}

void ArrowBatches::release() {
    if (schema_.release != nullptr) schema_.release(&schema_);
    for (ArrowArray& batch : batches_) {
        if (batch.release != nullptr) batch.release(&batch);
    }
    batches_.clear();
}

std::string ArrowBatches::column_name(std::size_t column) const {
    return schema_.children[column]->name;
}

std::string_view ArrowBatches::column_format(std::size_t column) const {
    const ArrowSchema& schema = *schema_.children[column];
    return schema.dictionary == nullptr ? schema.format : "dictionary";
}

std::size_t ArrowBatches::row_count() const {
    std::size_t rows = 0;
    for (const ArrowArray& batch : batches_) rows += static_cast<std::size_t>(batch.length);
    return rows;
}

ArrowText::ArrowText(const ArrowArray& batch, std::size_t column)
    : validity_(buffer_of<std::uint8_t>(child_of(batch, column), 0)),
      offsets_(buffer_of<std::int32_t>(child_of(batch, column), 1)),
      bytes_(buffer_of<char>(child_of(batch, column), 2)),
      offset_(static_cast<std::size_t>(child_of(batch, column).offset)) {}

bool ArrowText::is_present(std::size_t row) const {
    return validity_ == nullptr || bit_is_set(validity_, row + offset_);
}

std::string_view ArrowText::operator[](std::size_t row) const {
    if (!is_present(row)) return {};  // what stands there may be anything
    const auto begin = offsets_[row + offset_];
    const auto size = static_cast<std::size_t>(offsets_[row + offset_ + 1] - begin);
    return size == 0 ? std::string_view{} : std::string_view(bytes_ + begin, size);
}

Table import_table(ArrowArrayStream* stream) {
    const ArrowBatches source(stream);
    Table table;
    for (std::size_t index = 0; index < source.column_count(); ++index) {
        const std::string name = source.column_name(index);
        Column column(name, type_of(source.column_format(index), name));
        for (const ArrowArray& batch : source.batches()) {
            for (std::size_t row = 0; row < static_cast<std::size_t>(batch.length); ++row) {
                push_cell(column, batch, index, row);
            }
        }
        table.columns.push_back(std::move(column));
    }
    return table;
}

}  // namespace seawall
