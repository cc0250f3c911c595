#include "table/text_numbers.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

#include "errors/error.hpp"

namespace seawall {

namespace {

constexpr std::size_t fewest_slots = 64;
constexpr std::size_t taken_together = 32;
constexpr unsigned place_bits = 40;
constexpr std::uint64_t place_mask = (std::uint64_t{1} << place_bits) - 1;
constexpr std::size_t head_bytes = 2 * sizeof(std::uint64_t);

std::uint64_t hash_of(std::string_view text) noexcept {
    return std::hash<std::string_view>{}(text);
}

/// A slot with the upper bits of a hash; places count from 1, so that no slot in use is 0.
std::uint64_t filled_slot(std::uint64_t hash, std::size_t begin) noexcept {
    return (hash & ~place_mask) | (begin + 1);
}

void append(std::vector<char>& bytes, const void* from, std::size_t size) {
    const auto* const begin = static_cast<const char*>(from);
    bytes.insert(bytes.end(), begin, begin + size);
}

}  // namespace

TextNumbers::Entry TextNumbers::entry_at(std::size_t begin) const noexcept {
    std::array<std::uint64_t, 2> head;
    std::memcpy(head.data(), entries_.data() + begin, head_bytes);
    const auto size = static_cast<std::size_t>(head[1]);
    return {.number = head[0],
            .text = {entries_.data() + begin + head_bytes, size},
            .next = begin + head_bytes + size};
}

std::size_t TextNumbers::likely_slot(std::uint64_t hash, std::size_t slot) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    while (slots_[slot] != 0 && ((slots_[slot] ^ hash) & ~place_mask) != 0) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

std::size_t TextNumbers::slot_of(std::string_view text, std::uint64_t hash,
                                 std::size_t slot) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    while (true) {
        slot = likely_slot(hash, slot);
        if (slots_[slot] == 0) return slot;
        if (entry_at((slots_[slot] & place_mask) - 1).text == text) return slot;
        slot = (slot + 1) & mask;
    }
}

void TextNumbers::make_room(std::size_t count) {
    if (4 * (size_ + count) <= 3 * slots_.size()) return;
    slots_.assign(std::max(fewest_slots, 2 * slots_.size()), 0);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t begin = 0; begin < entries_.size();) {
        const Entry entry = entry_at(begin);
        const std::uint64_t hash = hash_of(entry.text);
        std::size_t slot = hash & mask;
        while (slots_[slot] != 0) slot = (slot + 1) & mask;
        slots_[slot] = filled_slot(hash, begin);
        begin = entry.next;
    }
}

void TextNumbers::put(std::string_view text, std::uint64_t hash, std::uint64_t number) {
    const std::size_t slot = slot_of(text, hash, hash & (slots_.size() - 1));
    if (slots_[slot] != 0) return;
    slots_[slot] = filled_slot(hash, entries_.size());
    const std::array<std::uint64_t, 2> head{number, text.size()};
    append(entries_, head.data(), head_bytes);
    append(entries_, text.data(), text.size());
    ++size_;
}

void TextNumbers::add(std::span<const std::string_view> texts, std::uint64_t first) {
    if (first == 0) throw Error(ErrorCode::invalid_input, "first", "must be at least 1");
    std::array<std::uint64_t, taken_together> hashes;
    for (std::size_t begin = 0; begin < texts.size(); begin += taken_together) {
        const auto some = texts.subspan(begin, std::min(taken_together, texts.size() - begin));
        make_room(some.size());
        for (std::size_t index = 0; index < some.size(); ++index) {
            hashes[index] = hash_of(some[index]);
            __builtin_prefetch(slots_.data() + (hashes[index] & (slots_.size() - 1)));
        }
        for (std::size_t index = 0; index < some.size(); ++index) {
            put(some[index], hashes[index], first + begin + index);
        }
    }
}

void TextNumbers::add(const TextNumbers& others) {
    if (&others == this) return;
    for (std::size_t begin = 0; begin < others.entries_.size();) {
        const Entry entry = others.entry_at(begin);
        make_room(1);
        put(entry.text, hash_of(entry.text), entry.number);
        begin = entry.next;
    }
}

std::vector<std::uint64_t> TextNumbers::numbers(std::span<const std::string_view> texts) const {
    std::vector<std::uint64_t> numbers(texts.size());
    if (size_ == 0) return numbers;
    const std::size_t mask = slots_.size() - 1;
    std::array<std::uint64_t, taken_together> hashes;
    std::array<std::size_t, taken_together> slots;
    for (std::size_t first = 0; first < texts.size(); first += taken_together) {
        const auto some = texts.subspan(first, std::min(taken_together, texts.size() - first));
        for (std::size_t index = 0; index < some.size(); ++index) {
            hashes[index] = hash_of(some[index]);
            __builtin_prefetch(slots_.data() + (hashes[index] & mask));
        }
        for (std::size_t index = 0; index < some.size(); ++index) {
            slots[index] = likely_slot(hashes[index], hashes[index] & mask);
            const std::uint64_t place = slots_[slots[index]] & place_mask;
            if (place != 0) __builtin_prefetch(entries_.data() + place - 1);
        }
        for (std::size_t index = 0; index < some.size(); ++index) {
            const std::size_t slot = slot_of(some[index], hashes[index], slots[index]);
            if (slots_[slot] == 0) continue;
            numbers[first + index] = entry_at((slots_[slot] & place_mask) - 1).number;
        }
    }
    return numbers;
}

}  // namespace seawall
