#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace seawall::ingest {

/// Some fields of a profile, by their index. To go through them costs what they are, not what the
/// profile names.
class FieldSet {
  public:
    explicit FieldSet(std::size_t field_count = 0) : words_((field_count + 63) / 64) {}

    void add(std::size_t field) { words_[field / 64] |= std::uint64_t{1} << (field % 64); }
    void clear() { words_.assign(words_.size(), 0); }
    /// Adds those of a set over the same fields.
    void add(const FieldSet& other) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    }

    /// Calls `visit` with each field, in rising order.
    template <typename Visit>
    void each(const Visit& visit) const {
        for (std::size_t i = 0; i < words_.size(); ++i) {
            for (std::uint64_t bits = words_[i]; bits != 0; bits &= bits - 1) {
                visit(64 * i + static_cast<std::size_t>(std::countr_zero(bits)));
            }
        }
    }

  private:
    std::vector<std::uint64_t> words_;
};

}  // namespace seawall::ingest
