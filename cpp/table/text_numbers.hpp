#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace seawall {

/// Remembers a number for each of very many short texts, in little memory: texts one after the
/// other in one block, and a table of places in it. Looked up together, many texts wait for the
/// memory together.
class TextNumbers {
  public:
    std::size_t size() const noexcept { return size_; }

    /// Numbers texts from `first` on; one that has a number already keeps it. Throws
    /// Error(invalid_input) when `first` is 0, which says that a text has no number.
    void add(std::span<const std::string_view> texts, std::uint64_t first);

    /// Adds what others have remembered.
    void add(const TextNumbers& others);

    /// The number of each text, 0 for one that has none.
    std::vector<std::uint64_t> numbers(std::span<const std::string_view> texts) const;

  private:
    struct Entry {
        std::uint64_t number;
        std::string_view text;
        std::size_t next;  // where the entry after it begins
    };

    Entry entry_at(std::size_t begin) const noexcept;
    void put(std::string_view text, std::uint64_t hash, std::uint64_t number);
    /// Lets a few more texts come, fewer than there are slots at first, without another table.
    void make_room(std::size_t count);
    /// The slot of a text, or the empty one where it would be, from a slot on.
    std::size_t slot_of(std::string_view text, std::uint64_t hash, std::size_t slot) const noexcept;
    /// The next slot, from this one on, that is empty or of a text with alike hash.
    std::size_t likely_slot(std::uint64_t hash, std::size_t slot) const noexcept;

    std::vector<char> entries_;         // number, size and bytes of each text
    std::vector<std::uint64_t> slots_;  // 0, or a part of the hash above the place of an entry
    std::size_t size_ = 0;
};

}  // namespace seawall
