#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "provenance/sha256.hpp"

namespace seawall {

// A leaf of the ledger's log is a row as netstrings (D. J. Bernstein, 1997), one a column, after
// the one of its tag. Lengths keep ("ab", "c") and ("a", "bc") apart.

/// Appends `5:bytes,`.
void append_netstring(std::string& out, std::string_view bytes);

/// leaf_hash of each leaf; they lie one after another in `leaves`, leaf i ends before ends[i].
std::vector<Digest> leaf_hashes(std::string_view leaves, std::span<const std::size_t> ends);

}  // namespace seawall
