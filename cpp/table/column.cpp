#include "table/column.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "errors/error.hpp"

namespace seawall {
namespace {

constexpr std::size_t max_text_bytes = std::numeric_limits<std::int32_t>::max();

void check_text_size(const std::string& name, std::size_t bytes) {
    if (bytes > max_text_bytes) {
        throw Error(ErrorCode::limit_exceeded, name, "a text column may hold 2 GiB at most");
    }
}

}  // namespace

Column::Column(std::string name, ColumnType type) : name_(std::move(name)), type_(type) {
    switch (type) {
        case ColumnType::float64:
            values_ = std::vector<double>{};
            break;
        case ColumnType::int64:
            values_ = std::vector<std::int64_t>{};
            break;
        case ColumnType::date32:
            values_ = std::vector<Date>{};
            break;
        case ColumnType::boolean:
            values_ = std::vector<Truth>{};
            break;
        case ColumnType::text:
            values_ = TextValues{};
            break;
    }
}

void Column::push(double value) {
    std::get<std::vector<double>>(values_).push_back(value);
    present_.push_back(1);
}

void Column::push(std::int64_t value) {
    std::get<std::vector<std::int64_t>>(values_).push_back(value);
    present_.push_back(1);
}

void Column::push(Date value) {
    std::get<std::vector<Date>>(values_).push_back(value);
    present_.push_back(1);
}

void Column::push(Truth value) {
    std::get<std::vector<Truth>>(values_).push_back(value);
    present_.push_back(1);
}

void Column::push(std::string_view value) {
    auto& text = std::get<TextValues>(values_);
    check_text_size(name_, text.bytes.size() + value.size());
    text.bytes.append(value);
    text.offsets.push_back(static_cast<std::int32_t>(text.bytes.size()));
    present_.push_back(1);
}

void Column::push_absent() {
    switch (type_) {
        case ColumnType::float64:
            push(0.0);
            break;
        case ColumnType::int64:
            push(std::int64_t{0});
            break;
        case ColumnType::date32:
            push(Date{});
            break;
        case ColumnType::boolean:
            push(Truth::no);
            break;
        case ColumnType::text:
            push(std::string_view{});
            break;
    }
    present_.back() = 0;
    ++absent_count_;
}

void Column::append(const Column& other) {
    std::visit(
        [&](auto& values) {
            using Values = std::decay_t<decltype(values)>;
            const auto& added = std::get<Values>(other.values_);
            if constexpr (std::is_same_v<Values, TextValues>) {
                check_text_size(name_, values.bytes.size() + added.bytes.size());
                const auto base = static_cast<std::int32_t>(values.bytes.size());
                values.bytes.append(added.bytes);
                values.offsets.reserve(values.offsets.size() + added.size());
                for (std::size_t row = 1; row < added.offsets.size(); ++row) {
                    values.offsets.push_back(base + added.offsets[row]);
                }
            } else {
                values.insert(values.end(), added.begin(), added.end());
            }
        },
        values_);
    present_.insert(present_.end(), other.present_.begin(), other.present_.end());
    absent_count_ += other.absent_count_;
}

Column Column::filtered(const std::vector<std::uint8_t>& keep) const {
    Column result(name_, type_);
    std::visit(
        [&](const auto& values) {
            for (std::size_t row = 0; row < keep.size(); ++row) {
                if (keep[row] == 0) continue;
                if (is_present(row)) {
                    result.push(values[row]);
                } else {
                    result.push_absent();
                }
            }
        },
        values_);
    return result;
}

std::size_t byte_count(const Table& table) {
    std::size_t bytes = 0;
    for (const Column& column : table.columns) {
        bytes += column.size();  // presence
        switch (column.type()) {
            case ColumnType::float64:
            case ColumnType::int64:
                bytes += column.size() * sizeof(double);
                break;
            case ColumnType::date32:
                bytes += column.size() * sizeof(Date);
                break;
            case ColumnType::boolean:
                bytes += column.size();
                break;
            case ColumnType::text:
                bytes += column.text().bytes.size() + column.size() * sizeof(std::int32_t);
                break;
        }
    }
    return bytes;
}

const Column* Table::find(std::string_view name) const {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const auto& c) { return c.name() == name; });
    return found == columns.end() ? nullptr : &*found;
}

}  // namespace seawall
