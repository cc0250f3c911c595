#include "ingest/table_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "errors/error.hpp"
#include "ingest/canonical_key.hpp"
#include "provenance/canonical_text.hpp"

namespace seawall::ingest {
namespace {

constexpr std::size_t batch_bytes = std::size_t{8} << 20U;

/// UTF-16 code units, by which RFC 8785 orders keys.
std::u16string utf16(std::string_view utf8) {
    std::u16string units;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = lead < 0x80 ? 1U : lead < 0xE0 ? 2U : lead < 0xF0 ? 3U : 4U;
        char32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            code = (code << 6U) | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
        }
        i += length;
        if (code >= 0x10000) {
            units.push_back(static_cast<char16_t>(0xD800 + ((code - 0x10000) >> 10U)));
            units.push_back(static_cast<char16_t>(0xDC00 + ((code - 0x10000) & 0x3FFU)));
        } else {
            units.push_back(static_cast<char16_t>(code));
        }
    }
    return units;
}

void refuse_repeated_columns(const ArrowBatches& table) {
    std::map<std::string, std::size_t> seen;
    for (std::size_t index = 0; index < table.column_count(); ++index) {
        const std::string name = table.column_name(index);
        std::string canonical;
        canonicalise_key(name, canonical);
        const auto [other, added] = seen.emplace(canonical, index);
        if (!added) {
            throw Error(ErrorCode::source_unreadable, "header[" + std::to_string(index) + "]",
                        "\"" + name + "\" is the same column as \"" +
                            table.column_name(other->second) + "\"");
        }
    }
}

bool has_line_end(std::string_view text) {
    return text.find_first_of("\r\n") != std::string_view::npos;
}

bool runs_over_line(const std::vector<ArrowText>& columns, std::size_t row) {
    return std::any_of(columns.begin(), columns.end(),
                       [row](const ArrowText& column) { return has_line_end(column[row]); });
}

[[noreturn]] void refuse_multiline(std::int64_t row) {
    throw Error(ErrorCode::source_unreadable, "row " + std::to_string(row),
                "a cell runs over the end of its line: is a quote not closed? If it is meant, say "
                "multiline = true in the profile");
}

/// A row without any cell: a blank line, or one of separators only. It is no record.
bool is_blank(const std::vector<ArrowText>& columns, std::size_t row) {
    return std::all_of(columns.begin(), columns.end(),
                       [row](const ArrowText& column) { return column[row].empty(); });
}

}  // namespace

/// The columns in the order in which canonical JSON writes them.
std::vector<RowEncoder::HeaderColumn> RowEncoder::header_columns(const ArrowBatches& table) {
    std::vector<std::pair<std::u16string, HeaderColumn>> columns;
    for (std::size_t index = 0; index < table.column_count(); ++index) {
        const std::string name = table.column_name(index);
        if (table.column_format(index) != "u") {
            throw Error(ErrorCode::invalid_input, name, "a tape's columns must be texts");
        }
        HeaderColumn column{.index = index, .key = {}};
        append_json_string(column.key, name);
        column.key += ':';
        columns.emplace_back(utf16(name), std::move(column));
    }
    std::sort(columns.begin(), columns.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<HeaderColumn> ordered;
    ordered.reserve(columns.size());
    for (auto& column : columns) ordered.push_back(std::move(column.second));
    return ordered;
}

RowEncoder::RowEncoder(TableSource source, TakeRecords take)
    : source_(std::move(source)), take_(std::move(take)) {
    append_json_string(suffix_, source_.file_sha256);
    suffix_ = ",\"file_sha256\":" + suffix_ + ",\"row\":";
}

void RowEncoder::add(const TableRows& rows) {
    if (source_.unique_columns) refuse_repeated_columns(rows.columns);
    const auto header = header_columns(rows.columns);
    auto ragged = rows.ragged.begin();
    std::int64_t number = rows.first_row;
    const auto insert_ragged = [&] {
        for (; ragged != rows.ragged.end() && ragged->row == number; ++ragged, ++number) {
            if (!source_.multiline && has_line_end(ragged->text)) refuse_multiline(number);
            if (!ragged->text.empty()) encode(*ragged);  // a blank line is no record
        }
    };
    for (const ArrowArray& batch : rows.columns.batches()) {
        std::vector<ArrowText> columns;
        columns.reserve(header.size());
        for (std::size_t i = 0; i < header.size(); ++i) columns.emplace_back(batch, i);
        for (std::size_t row = 0; row < static_cast<std::size_t>(batch.length); ++row) {
            insert_ragged();
            if (!source_.multiline && runs_over_line(columns, row)) refuse_multiline(number);
            if (!is_blank(columns, row)) encode(header, columns, row, number);
            ++number;
        }
    }
    insert_ragged();
    if (ragged != rows.ragged.end()) {
        throw Error(ErrorCode::invalid_input, "ragged", "a row lies outside the run");
    }
}

void RowEncoder::finish() {
    RawRecords records;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < ends_.size(); ++i) {
        records.push(std::string_view(text_).substr(begin, ends_[i] - begin), numbers_[i]);
        begin = ends_[i];
    }
    if (records.size() > 0) take_(records);
    text_.clear();
    ends_.clear();
    numbers_.clear();
}

void RowEncoder::encode(const std::vector<HeaderColumn>& header,
                        const std::vector<ArrowText>& columns, std::size_t index,
                        std::int64_t number) {
    text_ += "{\"cells\":{";
    bool first = true;
    for (const HeaderColumn& column : header) {
        const ArrowText& cells = columns[column.index];
        if (!cells.is_present(index)) continue;
        if (!first) text_ += ',';
        first = false;
        text_ += column.key;
        append_json_string(text_, cells[index]);
    }
    text_ += '}';
    text_ += suffix_;
    text_ += std::to_string(number);
    text_ += '}';
    end_row(number);
}

void RowEncoder::encode(const RaggedRow& row) {
    text_ += '{';
    text_ += std::string_view(suffix_).substr(1);
    text_ += std::to_string(row.row);
    text_ += ",\"text\":";
    append_json_string(text_, row.text);
    text_ += '}';
    end_row(row.row);
}

void RowEncoder::end_row(std::int64_t number) {
    ends_.push_back(text_.size());
    numbers_.push_back(number);
    if (text_.size() >= batch_bytes) finish();
}

}  // namespace seawall::ingest
