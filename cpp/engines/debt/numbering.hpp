#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace seawall::debt {

/// Numbers distinct keys 0, 1, … by first appearance. Open addressing in one flat table: most of
/// what making a book in several currencies costs is this look-up.
class Numbering {
  public:
    std::size_t size() const { return keys_.size(); }

    /// The key's number, which is the size before the call where the key is new.
    std::uint32_t number(std::uint64_t key) {
        std::size_t slot = first_slot(key);
        for (; slots_[slot] != empty; slot = (slot + 1) & (slots_.size() - 1)) {
            if (keys_[slots_[slot]] == key) return slots_[slot];
        }
        const auto added = static_cast<std::uint32_t>(keys_.size());
        slots_[slot] = added;
        keys_.push_back(key);
        if (2 * keys_.size() > slots_.size()) grow();
        return added;
    }

  private:
    static constexpr std::uint32_t empty = UINT32_MAX;

    /// Fibonacci hashing: the upper bits of a product with 2^64 / φ.
    std::size_t first_slot(std::uint64_t key) const {
        return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15U) >> shift_);
    }

    void grow() {
        slots_.assign(2 * slots_.size(), empty);
        --shift_;
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            std::size_t slot = first_slot(keys_[i]);
            while (slots_[slot] != empty) slot = (slot + 1) & (slots_.size() - 1);
            slots_[slot] = static_cast<std::uint32_t>(i);
        }
    }

    std::vector<std::uint64_t> keys_;
    std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(64, empty);
    unsigned shift_ = 64 - 6;
};

}  // namespace seawall::debt
