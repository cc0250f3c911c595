#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace seawall {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of bytes that arrive in pieces.
class Sha256 {
  public:
    /// Both implementations give the same bytes; `portable` exists to prove it.
    enum class Implementation { fastest, portable };

    explicit Sha256(Implementation implementation = Implementation::fastest) noexcept;

    void update(std::span<const std::byte> bytes) noexcept;

    /// The digest of everything so far. Ends this object's use.
    Digest finish() noexcept;

  private:
    using Compress = void (*)(std::uint32_t* state, const std::byte* blocks,
                              std::size_t block_count);

    Compress compress_;
    std::array<std::uint32_t, 8> state_;
    std::uint64_t byte_count_ = 0;
    std::array<std::byte, 64> block_;  // its first byte_count_ % 64 bytes wait to be compressed
};

Digest sha256(std::span<const std::byte> bytes) noexcept;

}  // namespace seawall
