#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "table/arrow_abi.hpp"
#include "table/column.hpp"

namespace seawall {

/// The batches of an Arrow stream, held without a copy. Moves from the stream and owns what it
/// yields.
class ArrowBatches {
  public:
    /// Takes the stream over. Throws Error(source_unreadable) with the producer's message.
    explicit ArrowBatches(ArrowArrayStream* stream);
    ~ArrowBatches();
    ArrowBatches(const ArrowBatches&) = delete;
    ArrowBatches& operator=(const ArrowBatches&) = delete;
    ArrowBatches(ArrowBatches&&) = delete;
    ArrowBatches& operator=(ArrowBatches&&) = delete;

    std::size_t column_count() const { return static_cast<std::size_t>(schema_.n_children); }
    std::string column_name(std::size_t column) const;
    /// The Arrow format string; "dictionary" for an encoded column, whose format is its indices'.
    std::string_view column_format(std::size_t column) const;
    std::size_t row_count() const;
    const std::vector<ArrowArray>& batches() const { return batches_; }

  private:
    void release();

    ArrowSchema schema_{};
    std::vector<ArrowArray> batches_;
};

/// One text column of one batch.
class ArrowText {
  public:
    ArrowText(const ArrowArray& batch, std::size_t column);
    bool is_present(std::size_t row) const;
    /// Empty where it is absent.
    std::string_view operator[](std::size_t row) const;

  private:
    const std::uint8_t* validity_;
    const std::int32_t* offsets_;
    const char* bytes_;
    std::size_t offset_;
};

/// Copies a stream into a table. Throws Error(invalid_input) with the column's name on a type that
/// no Column has.
Table import_table(ArrowArrayStream* stream);

}  // namespace seawall
