#include "provenance/merkle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <string>

#include "errors/error.hpp"

namespace seawall {
namespace {

constexpr std::byte leaf_prefix{0x00};
constexpr std::byte node_prefix{0x01};

void check_leaf(LeafPosition position) {
    if (position.index >= position.leaf_count) {
        throw Error(ErrorCode::invalid_input, "leaves[" + std::to_string(position.index) + "]",
                    "the tree has " + std::to_string(position.leaf_count) + " leaves");
    }
}

void check_path_length(bool fits) {
    if (!fits) {
        throw Error(ErrorCode::invalid_input, "path", "is not as long as the tree is high");
    }
}

}  // namespace

Digest leaf_hash(std::span<const std::byte> bytes) noexcept {
    Sha256 hash;
    hash.update({&leaf_prefix, 1});
    hash.update(bytes);
    return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) noexcept {
    Sha256 hash;
    hash.update({&node_prefix, 1});
    hash.update(std::as_bytes(std::span(left)));
    hash.update(std::as_bytes(std::span(right)));
    return hash.finish();
}

Digest merkle_root(std::span<const Digest> leaves) noexcept {
    // Like a binary counter: each set bit of the number of leaves seen is one complete subtree that
    // waits for its right sibling, the highest first.
    std::array<Digest, std::numeric_limits<std::size_t>::digits + 1> subtrees;
    std::size_t height = 0;
    for (std::size_t index = 0; index < leaves.size(); ++index) {
        subtrees[height++] = leaves[index];
        for (std::size_t carry = index; carry % 2 == 1; carry /= 2, --height) {
            subtrees[height - 2] = node_hash(subtrees[height - 2], subtrees[height - 1]);
        }
    }
    return root_of_peaks(std::span(subtrees).first(height));
}

TreePeaks extended(TreePeaks peaks, std::span<const Digest> leaves) {
    auto& [count, roots] = peaks;
    if (roots.size() != static_cast<std::size_t>(std::popcount(count))) {
        throw Error(ErrorCode::invalid_input, "peaks",
                    "a tree of " + std::to_string(count) + " leaves has others");
    }
    for (const Digest& leaf : leaves) {
        roots.push_back(leaf);
        for (std::size_t carry = count++; carry % 2 == 1; carry /= 2) {
            const Digest right = roots.back();
            roots.pop_back();
            roots.back() = node_hash(roots.back(), right);
        }
    }
    return peaks;
}

Digest root_of_peaks(std::span<const Digest> roots) noexcept {
    if (roots.empty()) return sha256({});
    Digest root = roots.back();
    for (std::size_t left = roots.size() - 1; left-- > 0;) root = node_hash(roots[left], root);
    return root;
}

std::vector<Digest> inclusion_path(std::span<const Digest> leaves, std::size_t index) {
    check_leaf({.index = index, .leaf_count = leaves.size()});
    std::vector<Digest> path;
    while (leaves.size() > 1) {
        const std::size_t split = std::bit_floor(leaves.size() - 1);
        const auto left = leaves.first(split);
        const auto right = leaves.subspan(split);
        if (index < split) {
            path.push_back(merkle_root(right));
            leaves = left;
        } else {
            path.push_back(merkle_root(left));
            leaves = right;
            index -= split;
        }
    }
    std::ranges::reverse(path);
    return path;
}

Digest root_from_path(const Digest& leaf, LeafPosition position, std::span<const Digest> path) {
    check_leaf(position);
    std::size_t node = position.index;
    std::size_t last = position.leaf_count - 1;
    Digest root = leaf;
    for (const Digest& sibling : path) {
        check_path_length(last > 0);
        if (node % 2 == 1 || node == last) {
            root = node_hash(sibling, root);
            // A last node without a sibling rises until it has one, on its left.
            const auto rise = static_cast<unsigned>(std::countr_zero(node));
            node >>= rise;
            last >>= rise;
        } else {
            root = node_hash(root, sibling);
        }
        node /= 2;
        last /= 2;
    }
    check_path_length(last == 0);
    return root;
}

std::vector<Digest> chunk_roots(std::span<const Digest> leaves) {
    std::vector<Digest> roots;
    roots.reserve(leaves.size() / leaves_per_chunk + 1);
    for (std::size_t first = 0; first < leaves.size(); first += leaves_per_chunk) {
        const std::size_t count = std::min(leaves_per_chunk, leaves.size() - first);
        roots.push_back(merkle_root(leaves.subspan(first, count)));
    }
    return roots;
}

std::vector<Digest> chunked_inclusion_path(const ChunkedTree& tree, std::size_t index) {
    const std::size_t chunk = index / leaves_per_chunk;
    check_leaf({.index = chunk, .leaf_count = tree.chunk_roots.size()});
    const LeafPosition place{.index = index % leaves_per_chunk,
                             .leaf_count = tree.chunk_leaves.size()};
    auto path = inclusion_path(tree.chunk_leaves, place.index);
    // Every leaf is in the path already: to hash them all once more would take as long again.
    if (root_from_path(tree.chunk_leaves[place.index], place, path) != tree.chunk_roots[chunk]) {
        throw Error(ErrorCode::invalid_input, "chunks[" + std::to_string(chunk) + "]",
                    "its leaves do not hash to its root");
    }
    const auto above = inclusion_path(tree.chunk_roots, chunk);
    path.insert(path.end(), above.begin(), above.end());
    return path;
}

}  // namespace seawall
