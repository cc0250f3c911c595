#include "ingest/table_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "ingest/canonical_key.hpp"
#include "provenance/canonical_text.hpp"
#include "table/error.hpp"

namespace seawall::ingest {
namespace {

struct HeaderColumn {
    std::size_t index = 0;
    std::string key;  ///< the JSON key with its colon
};

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

/// The columns in the order in which canonical JSON writes them.
std::vector<HeaderColumn> header_columns(const ArrowBatches& table) {
    std::vector<std::pair<std::u16string, HeaderColumn>> columns;
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

/// Gathers records into arenas of about a megabyte, since a view must not move.
class Arena {
  public:
    explicit Arena(RawRecords& out) : out_(out) {}

    std::string& open() {
        if (out_.owned.empty() || out_.owned.back().size() > arena_bytes) close_arena();
        begin_ = out_.owned.back().size();
        return out_.owned.back();
    }

    void close(std::int64_t source_row) {
        lengths_.push_back(out_.owned.back().size() - begin_);
        out_.source_rows.push_back(source_row);
    }

    void finish() { view_arena(); }

  private:
    static constexpr std::size_t arena_bytes = std::size_t{1} << 20U;

    void close_arena() {
        view_arena();
        out_.owned.emplace_back().reserve(arena_bytes + arena_bytes / 8);
    }

    void view_arena() {
        std::size_t at = 0;
        for (const std::size_t length : lengths_) {
            out_.bytes.push_back(std::string_view(out_.owned.back()).substr(at, length));
            at += length;
        }
        lengths_.clear();
    }

    RawRecords& out_;
    std::size_t begin_ = 0;
    std::vector<std::size_t> lengths_;
};

class RowEncoder {
  public:
    RowEncoder(const TableSource& source, RawRecords& out) : arena_(out) {
        append_json_string(suffix_, source.file_sha256);
        suffix_ = ",\"file_sha256\":" + suffix_ + ",\"row\":";
    }

    void row(const std::vector<HeaderColumn>& header, const std::vector<ArrowText>& columns,
             std::size_t index, std::int64_t number) {
        std::string& out = arena_.open();
        out += "{\"cells\":{";
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (i > 0) out += ',';
            out += header[i].key;
            append_json_string(out, columns[header[i].index][index]);
        }
        out += '}';
        out += suffix_;
        out += std::to_string(number);
        out += '}';
        arena_.close(number);
    }

    void ragged(const RaggedRow& row) {
        std::string& out = arena_.open();
        out += '{';
        out += std::string_view(suffix_).substr(1);
        out += std::to_string(row.row);
        out += ",\"text\":";
        append_json_string(out, row.text);
        out += '}';
        arena_.close(row.row);
    }

    void finish() { arena_.finish(); }

  private:
    Arena arena_;
    std::string suffix_;
};

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

RawRecords raw_table_rows(const ArrowBatches& table, const TableSource& source) {
    RawRecords raw;
    raw.form = RecordForm::table_row;
    const auto header = header_columns(table);
    RowEncoder encoder(source, raw);
    auto ragged = source.ragged_rows.begin();
    std::int64_t number = 2;  // the header is row 1
    const auto insert_ragged = [&] {
        for (; ragged != source.ragged_rows.end() && ragged->row == number; ++ragged, ++number) {
            if (!source.multiline && has_line_end(ragged->text)) refuse_multiline(number);
            if (!ragged->text.empty()) encoder.ragged(*ragged);  // a blank line is no record
        }
    };
    for (const ArrowArray& batch : table.batches()) {
        std::vector<ArrowText> columns;
        columns.reserve(table.column_count());
        for (std::size_t i = 0; i < table.column_count(); ++i) columns.emplace_back(batch, i);
        for (std::size_t row = 0; row < static_cast<std::size_t>(batch.length); ++row) {
            insert_ragged();
            if (!source.multiline && runs_over_line(columns, row)) refuse_multiline(number);
            if (!is_blank(columns, row)) encoder.row(header, columns, row, number);
            ++number;
        }
    }
    insert_ragged();
    if (ragged != source.ragged_rows.end()) {
        throw Error(ErrorCode::invalid_input, "ragged_rows", "a row lies outside the table");
    }
    encoder.finish();
    return raw;
}

}  // namespace seawall::ingest
