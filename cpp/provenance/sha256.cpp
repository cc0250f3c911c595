#include "provenance/sha256.hpp"

#include <algorithm>
#include <boost/hash2/sha2.hpp>
#include <cstring>

#include "provenance/sha256_sha_ni.hpp"

namespace seawall {
namespace {

constexpr std::size_t block_size = 64;
constexpr std::size_t length_offset = block_size - sizeof(std::uint64_t);

// Boost's compression function alone (Boost is pinned to one release, hence its detail namespace):
// its hasher would keep a second buffer and could not hand whole blocks to the instructions of the
// processor.
void compress_portable(std::uint32_t* state, const std::byte* blocks, std::size_t block_count) {
    for (; block_count > 0; --block_count, blocks += block_size) {
        boost::hash2::detail::sha2_256_base::transform(
            reinterpret_cast<const unsigned char*>(blocks), state);
    }
}

template <typename Word>
void store_big_endian(Word word, void* out) noexcept {
    std::array<std::uint8_t, sizeof(Word)> bytes;
    for (std::size_t i = sizeof(Word); i-- > 0; word = static_cast<Word>(word >> 8U)) {
        bytes[i] = static_cast<std::uint8_t>(word);
    }
    std::memcpy(out, bytes.data(), sizeof(Word));
}

}  // namespace

Sha256::Sha256(Implementation implementation) noexcept
    : state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {
    static const bool fast = has_sha_ni();
    compress_ =
        fast && implementation == Implementation::fastest ? compress_sha_ni : compress_portable;
}

void Sha256::update(std::span<const std::byte> bytes) noexcept {
    if (bytes.empty()) return;
    const std::size_t waiting = byte_count_ % block_size;
    byte_count_ += bytes.size();
    if (waiting > 0) {
        const std::size_t taken = std::min(block_size - waiting, bytes.size());
        std::memcpy(block_.data() + waiting, bytes.data(), taken);
        if (waiting + taken < block_size) return;
        compress_(state_.data(), block_.data(), 1);
        bytes = bytes.subspan(taken);
    }
    const std::size_t block_count = bytes.size() / block_size;
    if (block_count > 0) compress_(state_.data(), bytes.data(), block_count);
    const auto rest = bytes.subspan(block_count * block_size);
    std::copy(rest.begin(), rest.end(), block_.begin());
}

Digest Sha256::finish() noexcept {
    std::size_t used = byte_count_ % block_size;
    block_[used++] = std::byte{0x80};
    if (used > length_offset) {
        std::memset(block_.data() + used, 0, block_size - used);
        compress_(state_.data(), block_.data(), 1);
        used = 0;
    }
    std::memset(block_.data() + used, 0, length_offset - used);
    store_big_endian(byte_count_ * 8, block_.data() + length_offset);
    compress_(state_.data(), block_.data(), 1);

    Digest digest;
    for (std::size_t i = 0; i < state_.size(); ++i) {
        store_big_endian(state_[i], digest.data() + i * sizeof(std::uint32_t));
    }
    return digest;
}

Digest sha256(std::span<const std::byte> bytes) noexcept {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

}  // namespace seawall
