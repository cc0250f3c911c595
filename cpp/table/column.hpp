#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace seawall {

enum class ColumnType { float64, int64, date32, boolean, text };

/// UTF-8 values one after the other; value i is bytes[offsets[i] .. offsets[i + 1]).
struct TextValues {
    std::vector<std::int32_t> offsets{0};
    std::string bytes;

    std::size_t size() const { return offsets.size() - 1; }
    std::string_view operator[](std::size_t row) const {
        const auto begin = static_cast<std::size_t>(offsets[row]);
        return std::string_view(bytes).substr(begin,
                                              static_cast<std::size_t>(offsets[row + 1]) - begin);
    }
};

/// Days since 1970-01-01, of its own type so that it is never mistaken for a count.
struct Date {
    std::int32_t days_since_epoch = 0;
    friend auto operator<=>(const Date&, const Date&) = default;
};

/// One truth value a byte; Arrow's bit packing happens at the border.
enum class Truth : std::uint8_t { no = 0, yes = 1 };

/// A named, typed column whose cells may be absent. An absent cell holds zero, "" or no.
class Column {
  public:
    Column(std::string name, ColumnType type);

    const std::string& name() const { return name_; }
    ColumnType type() const { return type_; }
    std::size_t size() const { return present_.size(); }
    bool is_present(std::size_t row) const { return present_[row] != 0; }
    std::size_t absent_count() const { return absent_count_; }
    /// One byte per row, 1 where the cell is present.
    const std::vector<std::uint8_t>& presence() const { return present_; }

    const std::vector<double>& float64() const { return std::get<std::vector<double>>(values_); }
    const std::vector<std::int64_t>& int64() const {
        return std::get<std::vector<std::int64_t>>(values_);
    }
    const std::vector<Date>& dates() const { return std::get<std::vector<Date>>(values_); }
    const std::vector<Truth>& truths() const { return std::get<std::vector<Truth>>(values_); }
    const TextValues& text() const { return std::get<TextValues>(values_); }

    void push(double value);
    void push(std::int64_t value);
    void push(Date value);
    void push(Truth value);
    /// Throws Error(limit_exceeded) when the column's bytes would pass 2^31 − 1.
    void push(std::string_view value);
    void push_absent();
    /// Appends the rows of a column of the same type.
    void append(const Column& other);
    /// The rows whose byte in `keep` is not zero.
    Column filtered(const std::vector<std::uint8_t>& keep) const;

  private:
    std::string name_;
    ColumnType type_;
    std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<Date>,
                 std::vector<Truth>, TextValues>
        values_;
    std::vector<std::uint8_t> present_;
    std::size_t absent_count_ = 0;
};

/// Columns of one length.
struct Table {
    std::vector<Column> columns;

    std::size_t row_count() const { return columns.empty() ? 0 : columns.front().size(); }
    const Column* find(std::string_view name) const;
};

/// What the columns of a table weigh in memory, in bytes.
std::size_t byte_count(const Table& table);

}  // namespace seawall
