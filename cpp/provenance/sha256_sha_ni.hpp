#pragma once

#include <cstddef>
#include <cstdint>

namespace seawall {

/// Whether this processor has the SHA extensions of x86. False on every other architecture.
bool has_sha_ni() noexcept;

/// Folds whole 64-byte blocks into the eight words of `state`. Only where has_sha_ni().
void compress_sha_ni(std::uint32_t* state, const std::byte* blocks, std::size_t block_count);

}  // namespace seawall
