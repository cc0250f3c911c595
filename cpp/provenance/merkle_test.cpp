#include "provenance/merkle.hpp"

#include <algorithm>
#include <boost/algorithm/hex.hpp>
#include <boost/test/unit_test.hpp>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(merkle_test)

using seawall::Digest;
using seawall::merkle_root;

namespace {

Digest from_hex(std::string_view text) {
    Digest digest;
    boost::algorithm::unhex(text.begin(), text.end(), digest.begin());
    return digest;
}

std::vector<Digest> all_from_hex(const std::vector<std::string_view>& texts) {
    std::vector<Digest> digests;
    digests.reserve(texts.size());
    for (const auto text : texts) digests.push_back(from_hex(text));
    return digests;
}

Digest leaf_of_hex(std::string_view text) {
    std::string bytes;
    boost::algorithm::unhex(text.begin(), text.end(), std::back_inserter(bytes));
    return seawall::leaf_hash(std::as_bytes(std::span(bytes)));
}

/// The eight inputs of Certificate Transparency's reference tree
/// (certificate-transparency/cpp/merkletree/ merkle_tree_test.cc, and
/// transparency-dev/merkle/testonly).
std::vector<Digest> reference_leaves() {
    std::vector<Digest> leaves;
    for (const auto input : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                             "606162636465666768696a6b6c6d6e6f"}) {
        leaves.push_back(leaf_of_hex(input));
    }
    return leaves;
}

std::vector<Digest> numbered_leaves(std::size_t count) {
    std::vector<Digest> leaves;
    leaves.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        leaves.push_back(seawall::leaf_hash(std::as_bytes(std::span(&i, 1))));
    }
    return leaves;
}

/// The definition of RFC 6962, section 2.1, word for word.
Digest root_by_definition(std::span<const Digest> leaves) {
    if (leaves.size() == 1) return leaves[0];
    std::size_t split = 1;
    while (split * 2 < leaves.size()) split *= 2;
    return seawall::node_hash(root_by_definition(leaves.first(split)),
                              root_by_definition(leaves.subspan(split)));
}

bool is_invalid_input(const seawall::Error& error) {
    return error.code() == seawall::ErrorCode::invalid_input;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_reference_tree_has_its_published_roots) {
    const auto roots = all_from_hex({
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    });
    const auto leaves = reference_leaves();
    for (std::size_t count = 0; count <= leaves.size(); ++count) {
        BOOST_TEST((merkle_root(std::span(leaves).first(count)) == roots[count]));
    }
}

BOOST_AUTO_TEST_CASE(the_reference_tree_has_its_published_paths) {
    const auto leaves = reference_leaves();
    BOOST_TEST(
        (seawall::inclusion_path(leaves, 0) ==
         all_from_hex({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                       "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                       "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"})));
    BOOST_TEST(
        (seawall::inclusion_path(leaves, 5) ==
         all_from_hex({"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                       "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                       "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"})));
    BOOST_TEST(
        (seawall::inclusion_path(std::span(leaves).first(3), 2) ==
         all_from_hex({"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"})));
}

BOOST_AUTO_TEST_CASE(every_root_is_that_of_the_definition) {
    const auto leaves = numbered_leaves(300);
    for (std::size_t count = 1; count <= leaves.size(); ++count) {
        const auto first = std::span(leaves).first(count);
        BOOST_REQUIRE(merkle_root(first) == root_by_definition(first));
    }
}

BOOST_AUTO_TEST_CASE(every_path_leads_to_the_root_and_none_does_with_a_bit_flipped) {
    const auto all = numbered_leaves(300);
    for (std::size_t count = 1; count <= all.size(); ++count) {
        const auto leaves = std::span(all).first(count);
        const Digest root = merkle_root(leaves);
        for (std::size_t index = 0; index < count; ++index) {
            const seawall::LeafPosition position{.index = index, .leaf_count = count};
            auto path = seawall::inclusion_path(leaves, index);
            BOOST_REQUIRE(seawall::root_from_path(leaves[index], position, path) == root);

            Digest forged = leaves[index];
            forged[index % 32] ^= 0x10U;
            BOOST_REQUIRE(seawall::root_from_path(forged, position, path) != root);
            if (path.empty()) continue;
            path[count % path.size()][index % 32] ^= 1U;
            BOOST_REQUIRE(seawall::root_from_path(leaves[index], position, path) != root);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_path_of_another_length_is_refused) {
    const auto leaves = numbered_leaves(13);
    for (std::size_t index = 0; index < leaves.size(); ++index) {
        const seawall::LeafPosition position{.index = index, .leaf_count = leaves.size()};
        auto path = seawall::inclusion_path(leaves, index);
        path.push_back(leaves[0]);
        BOOST_CHECK_EXCEPTION(seawall::root_from_path(leaves[index], position, path),
                              seawall::Error, is_invalid_input);
        path.resize(path.size() - 2);
        BOOST_CHECK_EXCEPTION(seawall::root_from_path(leaves[index], position, path),
                              seawall::Error, is_invalid_input);
    }
}

BOOST_AUTO_TEST_CASE(a_leaf_outside_the_tree_is_refused) {
    const auto leaves = numbered_leaves(3);
    BOOST_CHECK_EXCEPTION(seawall::inclusion_path(leaves, 3), seawall::Error, is_invalid_input);
    BOOST_CHECK_EXCEPTION(seawall::inclusion_path({}, 0), seawall::Error, is_invalid_input);
    BOOST_CHECK_EXCEPTION(seawall::root_from_path(leaves[0], {.index = 3, .leaf_count = 3}, leaves),
                          seawall::Error, is_invalid_input);
    BOOST_CHECK_EXCEPTION(seawall::chunked_inclusion_path({leaves, {}}, 0), seawall::Error,
                          is_invalid_input);
}

BOOST_AUTO_TEST_CASE(the_roots_of_the_chunks_have_the_root_of_the_leaves) {
    const auto leaves = numbered_leaves(2100);
    for (const std::size_t count :
         {0U, 1U, 255U, 256U, 257U, 511U, 512U, 513U, 769U, 2048U, 2100U}) {
        const auto first = std::span(leaves).first(count);
        const auto roots = seawall::chunk_roots(first);
        BOOST_TEST(roots.size() == (count + 255) / 256);
        BOOST_TEST((merkle_root(roots) == merkle_root(first)));
    }
}

BOOST_AUTO_TEST_CASE(a_path_by_chunks_is_the_ordinary_path) {
    const auto all = numbered_leaves(1300);
    for (const std::size_t count : {1U, 256U, 257U, 700U, 1025U, 1300U}) {
        const auto leaves = std::span(all).first(count);
        const auto roots = seawall::chunk_roots(leaves);
        for (std::size_t index = 0; index < count; index += 5) {
            const std::size_t first = index / 256 * 256;
            const auto chunk = leaves.subspan(first, std::min<std::size_t>(256, count - first));
            BOOST_REQUIRE(seawall::chunked_inclusion_path({chunk, roots}, index) ==
                          seawall::inclusion_path(leaves, index));
        }
    }
}

BOOST_AUTO_TEST_CASE(leaves_of_another_chunk_are_refused) {
    const auto leaves = numbered_leaves(512);
    const auto roots = seawall::chunk_roots(leaves);
    const auto second = std::span(leaves).subspan(256);
    BOOST_CHECK_EXCEPTION(seawall::chunked_inclusion_path({second, roots}, 3), seawall::Error,
                          is_invalid_input);
}

BOOST_AUTO_TEST_CASE(a_changed_leaf_anywhere_in_the_chunk_is_refused) {
    const auto leaves = numbered_leaves(300);
    const auto roots = seawall::chunk_roots(leaves);
    const std::vector<Digest> chunk(leaves.begin(), leaves.begin() + 256);
    for (std::size_t changed = 0; changed < chunk.size(); ++changed) {
        auto other = chunk;
        other[changed][31] ^= 1U;
        for (const std::size_t index : {0U, 100U, 255U}) {
            BOOST_CHECK_EXCEPTION(seawall::chunked_inclusion_path({other, roots}, index),
                                  seawall::Error, is_invalid_input);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_tree_grown_in_any_two_steps_has_the_root_of_all_its_leaves) {
    const auto leaves = numbered_leaves(70);
    for (std::size_t first = 0; first <= leaves.size(); ++first) {
        for (std::size_t count = first; count <= leaves.size(); ++count) {
            const auto begun =
                seawall::extended({.leaf_count = 0, .roots = {}}, std::span(leaves).first(first));
            const auto grown =
                seawall::extended(begun, std::span(leaves).subspan(first, count - first));
            BOOST_TEST(grown.leaf_count == count);
            BOOST_TEST((seawall::root_of_peaks(grown.roots) ==
                        merkle_root(std::span(leaves).first(count))));
        }
    }
}

BOOST_AUTO_TEST_CASE(peaks_of_a_tree_of_another_size_are_refused) {
    const auto leaves = numbered_leaves(3);
    BOOST_CHECK_EXCEPTION(seawall::extended({.leaf_count = 2, .roots = leaves}, leaves),
                          seawall::Error, is_invalid_input);
}

BOOST_AUTO_TEST_SUITE_END()
