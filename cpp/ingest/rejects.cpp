#include "ingest/rejects.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <limits>
#include <utility>

#include "errors/error.hpp"

namespace seawall::ingest {

std::string element_field(std::string_view list, std::int64_t element, std::string_view field) {
    std::string name(list);
    name.append("[").append(std::to_string(element)).append("]");
    if (!field.empty()) name.append(".").append(field);
    return name;
}

Reject Rejects::operator[](std::size_t index) const {
    const Row& row = rows_[index];
    return {.record = row.record,
            .source_row = row.source_row,
            .part = row.part,
            .rule = row.rule,
            .field = field_name(row),
            .value = std::string(text(row.value)),
            .reason = std::string(text(row.reason))};
}

void Rejects::push(const Refusal& refusal) {
    rows_.push_back({.source_row = refusal.source_row,
                     .record = static_cast<std::uint32_t>(refusal.record),
                     .element = static_cast<std::uint32_t>(refusal.element),
                     .list = keep(refusal.list),
                     .field = keep(refusal.field),
                     .value = keep(refusal.value),
                     .reason = keep(refusal.reason),
                     .part = refusal.part,
                     .rule = refusal.rule});
}

void Rejects::append(Rejects&& next) {
    if (rows_.empty()) {  // of one record alone there may be millions
        *this = std::move(next);
        return;
    }
    const std::string_view added = std::string_view(next.texts_).substr(size_bytes);
    check_text_size(added.size());
    const auto moved = static_cast<TextPlace>(texts_.size() - size_bytes);
    texts_.append(added);
    rows_.insert(rows_.end(), next.rows_.begin(), next.rows_.end());
    for (auto row = rows_.end() - static_cast<std::ptrdiff_t>(next.size()); row != rows_.end();
         ++row) {
        for (TextPlace* place : {&row->list, &row->field, &row->value, &row->reason}) {
            if (*place != 0) *place += moved;
        }
    }
}

void Rejects::sort_by_record() {
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const Row& a, const Row& b) { return a.record < b.record; });
}

Table Rejects::table(std::size_t count, bool with_set_aside) const {
    Table table;
    for (const char* name : {"record", "source_row"}) {
        table.columns.emplace_back(name, ColumnType::int64);
    }
    for (const char* name : {"refused", "field", "value", "rule", "reason"}) {
        table.columns.emplace_back(name, ColumnType::text);
    }
    for (const Row& row : rows_) {
        if (table.row_count() == count) break;
        if (row.part == RefusedPart::set_aside && !with_set_aside) continue;
        table.columns[0].push(std::int64_t{row.record});
        table.columns[1].push(row.source_row);
        table.columns[2].push(refused_part_names[static_cast<std::size_t>(row.part)]);
        table.columns[3].push(std::string_view(field_name(row)));
        table.columns[4].push(text(row.value));
        table.columns[5].push(rule_name(row.rule));
        table.columns[6].push(text(row.reason));
    }
    return table;
}

std::string_view Rejects::text(TextPlace place) const {
    std::uint32_t size = 0;
    std::memcpy(&size, texts_.data() + place, size_bytes);
    return std::string_view(texts_).substr(place + size_bytes, size);
}

/// Many rejects that follow each other say the same.
Rejects::TextPlace Rejects::keep(std::string_view text) {
    if (text.empty()) return 0;
    TextPlace& recent = recent_[std::hash<std::string_view>{}(text) % recent_.size()];
    if (this->text(recent) == text) return recent;
    check_text_size(size_bytes + text.size());
    recent = static_cast<TextPlace>(texts_.size());
    const auto size = static_cast<std::uint32_t>(text.size());
    std::array<char, size_bytes> bytes{};
    std::memcpy(bytes.data(), &size, size_bytes);
    texts_.append(bytes.data(), bytes.size()).append(text);
    return recent;
}

std::string Rejects::field_name(const Row& row) const {
    if (row.list == 0) return std::string(text(row.field));
    return element_field(text(row.list), row.element, text(row.field));
}

void Rejects::check_text_size(std::size_t added) const {
    if (added > std::numeric_limits<TextPlace>::max() - texts_.size()) {
        throw Error(ErrorCode::limit_exceeded, "rejects", "their texts may hold 4 GiB at most");
    }
}

}  // namespace seawall::ingest
