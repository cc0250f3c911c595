#include "provenance/sha256.hpp"

#include <algorithm>
#include <boost/algorithm/hex.hpp>
#include <boost/hash2/sha2.hpp>
#include <boost/test/unit_test.hpp>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(sha256_test)

using seawall::Digest;
using seawall::Sha256;

namespace {

std::string hex(const Digest& digest) {
    std::string text;
    boost::algorithm::hex_lower(digest.begin(), digest.end(), std::back_inserter(text));
    return text;
}

Digest digest_by(Sha256::Implementation implementation, std::span<const std::byte> bytes) {
    Sha256 hash(implementation);
    hash.update(bytes);
    return hash.finish();
}

std::vector<std::byte> random_bytes(std::size_t count) {
    // A failure must repeat.
    std::mt19937 generator(7);  // NOLINT(bugprone-random-generator-seed)
    std::vector<std::byte> bytes(count);
    std::ranges::generate(bytes, [&] { return static_cast<std::byte>(generator()); });
    return bytes;
}

}  // namespace

// NIST, "Examples with Intermediate Values", SHA-256, and the FIPS 180-2 example of a million a's.
BOOST_AUTO_TEST_CASE(the_examples_of_nist_are_reproduced_by_both_implementations) {
    struct Example {
        std::string message;
        std::string_view digest;
    };
    const std::vector<Example> examples = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
         "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
        {std::string(1'000'000, 'a'),
         "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    for (const auto& [message, digest] : examples) {
        const auto bytes = std::as_bytes(std::span(message));
        BOOST_TEST(hex(seawall::sha256(bytes)) == digest);
        BOOST_TEST(hex(digest_by(Sha256::Implementation::portable, bytes)) == digest);
    }
}

BOOST_AUTO_TEST_CASE(both_implementations_agree_with_boost_on_every_length_up_to_a_thousand) {
    const auto bytes = random_bytes(1000);
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
        const auto message = std::span(bytes).first(length);
        boost::hash2::sha2_256 reference;
        reference.update(message.data(), message.size());
        const auto expected = reference.result();
        for (const auto implementation :
             {Sha256::Implementation::fastest, Sha256::Implementation::portable}) {
            BOOST_REQUIRE(std::ranges::equal(digest_by(implementation, message), expected));
        }
    }
}

BOOST_AUTO_TEST_CASE(where_a_message_is_cut_into_pieces_does_not_matter) {
    const auto bytes = random_bytes(300);
    const Digest whole = seawall::sha256(bytes);
    for (std::size_t first = 0; first <= bytes.size(); ++first) {
        for (const std::size_t step : {1U, 63U, 64U, 65U}) {
            Sha256 hash;
            hash.update(std::span(bytes).first(first));
            for (std::size_t at = first; at < bytes.size(); at += step) {
                hash.update(std::span(bytes).subspan(at, std::min(step, bytes.size() - at)));
            }
            BOOST_REQUIRE(hash.finish() == whole);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
