#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "provenance/sha256.hpp"

namespace seawall {

// The Merkle tree of RFC 6962, section 2.1. A different first byte for leaves and for nodes keeps
// anyone from passing a node off as a record.

/// SHA-256(0x00 || bytes).
Digest leaf_hash(std::span<const std::byte> bytes) noexcept;

/// SHA-256(0x01 || left || right).
Digest node_hash(const Digest& left, const Digest& right) noexcept;

/// The root over leaf hashes; that of an empty tree is SHA-256 of nothing. O(log n) memory.
Digest merkle_root(std::span<const Digest> leaves) noexcept;

/// What a growing tree of `leaf_count` leaves keeps: the roots of the complete subtrees that it is
/// made of, one for each set bit of the count, the largest first.
struct TreePeaks {
    std::size_t leaf_count;
    std::vector<Digest> roots;
};

/// The peaks once `leaves` are added at the end. Throws Error(invalid_input) when there are not as
/// many peaks as the count has set bits.
TreePeaks extended(TreePeaks peaks, std::span<const Digest> leaves);

/// The root of the tree with these peaks: merkle_root of all its leaves.
Digest root_of_peaks(std::span<const Digest> roots) noexcept;

/// The siblings from leaf `index` up to the root. Throws Error(invalid_input) when there is no such
/// leaf.
std::vector<Digest> inclusion_path(std::span<const Digest> leaves, std::size_t index);

struct LeafPosition {
    std::size_t index;       ///< counted from 0
    std::size_t leaf_count;  ///< of the whole tree
};

/// The root that `path` leads to from `leaf` (RFC 9162, section 2.1.3.2); the leaf is in the tree
/// if it is the tree's. Throws Error(invalid_input) when no tree has that leaf, or the path is
/// longer or shorter than the tree is high.
Digest root_from_path(const Digest& leaf, LeafPosition position, std::span<const Digest> path);

/// A proof over millions of records must not read all their hashes again: the roots of aligned,
/// complete subtrees are kept, and a proof needs these and the leaves of one chunk. A power of two,
/// or they would not be subtrees.
inline constexpr std::size_t leaves_per_chunk = 256;

/// The roots of each leaves_per_chunk leaves in a row, the last chunk may be shorter: merkle_root
/// of them is merkle_root of the leaves.
std::vector<Digest> chunk_roots(std::span<const Digest> leaves);

struct ChunkedTree {
    std::span<const Digest> chunk_leaves;  ///< those of the one chunk that holds the leaf
    std::span<const Digest> chunk_roots;   ///< of all chunks
};

/// inclusion_path of leaf `index` of the whole tree. Throws Error(invalid_input) when there is no
/// such leaf or the leaves are not those of its chunk.
std::vector<Digest> chunked_inclusion_path(const ChunkedTree& tree, std::size_t index);

}  // namespace seawall
