#include "engines/debt/simulation/simulation_part.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/simulation/simulation_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(simulation_part_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

using Parts = std::vector<SimulationPart>;

/// Some scenarios of a run of a small book.
SimulationPart run(const SamplingRecord& sampling, std::uint64_t first, std::size_t count) {
    static const Factors factors(2, 0.2, 5.0);
    static const ObligorGroups groups = groups_of(random_obligors(60, factors, 4), factors);
    const PreparedSampling prepared(sampling, 9, 2);
    SimulationPart part{.seed = 9, .sampling = sampling, .first_scenario = first, .loss_minor = {}};
    part.book_digest.fill(0xAB);
    part.loss_minor = simulate_losses(
        groups, {.seed = 9, .first_scenario = first, .count = count, .sampling = prepared.view()},
        {});
    return part;
}

std::vector<SamplingRecord> samplings() {
    return {PlainSampling{}, ImportanceShift{.factor_shift = {-1.5, 0.25}, .mixing_tilt = 0.5},
            SobolSampling{}};
}

/// Of a run of 100 scenarios from 40 on.
Parts three_parts(const SamplingRecord& sampling = PlainSampling{}) {
    return {run(sampling, 40, 17), run(sampling, 57, 1), run(sampling, 58, 82)};
}

std::pair<ErrorCode, std::string> refusal(const Parts& parts) {
    try {
        merge_parts(parts);
    } catch (const Error& error) {
        return {error.code(), error.where()};
    }
    return {ErrorCode::cancelled, "none"};
}

std::string place_of_refusal(std::span<const std::byte> bytes) {
    try {
        part_of_bytes(bytes);
    } catch (const Error& error) {
        return error.code() == ErrorCode::source_unreadable ? error.where() : "another code";
    }
    return "none";
}

std::vector<std::byte> sealed(std::vector<std::byte> content) {
    const Digest digest = sha256(content);
    const auto raw = std::as_bytes(std::span(digest));
    content.insert(content.end(), raw.begin(), raw.end());
    return content;
}

}  // namespace

BOOST_AUTO_TEST_CASE(any_split_merges_to_the_bytes_of_one_run) {
    for (const SamplingRecord& sampling : samplings()) {
        const auto whole = part_bytes(run(sampling, 40, 100));
        const Parts parts = three_parts(sampling);
        BOOST_TEST((part_bytes(merge_parts(parts)) == whole));
        BOOST_TEST((part_bytes(merge_parts(Parts{parts[2], parts[0], parts[1]})) == whole));
        BOOST_TEST((part_bytes(merge_parts(Parts{run(sampling, 40, 100)})) == whole));
    }
}

BOOST_AUTO_TEST_CASE(merging_is_associative) {
    const Parts p = three_parts();
    const SimulationPart left = merge_parts(Parts{merge_parts(Parts{p[0], p[1]}), p[2]});
    const SimulationPart right = merge_parts(Parts{p[0], merge_parts(Parts{p[1], p[2]})});
    BOOST_TEST((left == right));
}

BOOST_AUTO_TEST_CASE(parts_that_overlap_or_leave_a_gap_are_refused_at_their_place) {
    const auto at = [](const std::string& where) {
        return std::pair{ErrorCode::invalid_input, where};
    };
    const Parts p = three_parts();
    BOOST_TEST((refusal({p[2], p[0]}) == at("parts[0].first_scenario")));
    BOOST_TEST((refusal({p[0], p[1], p[1], p[2]}) == at("parts[2].first_scenario")));
    BOOST_TEST((refusal({p[0], p[1], p[2], run(PlainSampling{}, 139, 5)}) ==
                at("parts[3].first_scenario")));
    BOOST_TEST((refusal({}) == at("parts")));
    BOOST_TEST((refusal({p[0], run(PlainSampling{}, 57, 0)}) == at("parts[1].losses")));
}

BOOST_AUTO_TEST_CASE(parts_of_other_runs_are_refused_at_their_place) {
    Parts p = three_parts();
    p[1].seed = 10;
    BOOST_TEST(refusal(p).second == "parts[1].seed");
    p = three_parts();
    p[2].book_digest[31] = 0;
    BOOST_TEST(refusal(p).second == "parts[2].book_digest");
    p = three_parts();
    p[2].sampling = SobolSampling{};
    BOOST_TEST(refusal(p).second == "parts[2].sampling");
    p = three_parts(ImportanceShift{.factor_shift = {-1.5, 0.25}});
    p[1].sampling = ImportanceShift{.factor_shift = {-1.5, 0.5}};
    BOOST_TEST(refusal(p).second == "parts[1].sampling");
    p = three_parts();
    p[0].first_scenario = ~std::uint64_t{0} - 16;
    BOOST_TEST((refusal(p) ==
                std::pair{ErrorCode::limit_exceeded, std::string("parts[0].first_scenario")}));
}

BOOST_AUTO_TEST_CASE(bytes_give_the_part_again) {
    for (const SamplingRecord& sampling : samplings()) {
        const SimulationPart part = run(sampling, 40, 33);
        BOOST_TEST((part_of_bytes(part_bytes(part)) == part));
    }
}

BOOST_AUTO_TEST_CASE(bytes_are_these) {
    SimulationPart part{.seed = 7,
                        .sampling = ImportanceShift{.factor_shift = {-1.0}, .mixing_tilt = 0.5},
                        .first_scenario = 16,
                        .loss_minor = {258, -1}};
    part.book_digest.fill(0xAB);
    const std::vector<std::byte> bytes = part_bytes(part);
    BOOST_TEST(bytes.size() == 8U + 8U + 32U + 9U * 8U + 32U);
    BOOST_TEST(std::to_integer<int>(bytes[0]) == 's');
    BOOST_TEST(std::to_integer<int>(bytes[8]) == 1);
    std::string digest;
    for (const std::byte byte : std::span(bytes).last(32)) {
        constexpr std::string_view digits = "0123456789abcdef";
        digest += digits[std::to_integer<std::size_t>(byte) >> 4U];
        digest += digits[std::to_integer<std::size_t>(byte) & 15U];
    }
    // As Python's struct and hashlib make it.
    BOOST_TEST(digest == "9246fc77a100857c953e7d0e52016cf325b3a6c275f1ddeed4d7c54f3d317471");
}

BOOST_AUTO_TEST_CASE(a_changed_byte_is_found) {
    const std::vector<std::byte> bytes = part_bytes(run(PlainSampling{}, 40, 3));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::vector<std::byte> changed = bytes;
        changed[i] ^= std::byte{1};
        const std::string expected =
            i < 8 ? "part.magic" : (i < 16 ? "part.version" : "part.digest");
        BOOST_TEST(place_of_refusal(changed) == expected);
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_end_anywhere_are_refused) {
    const std::vector<std::byte> bytes = part_bytes(run(samplings()[1], 40, 3));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const std::string where = place_of_refusal(std::span(bytes).first(size));
        BOOST_TEST(where != "none");
        BOOST_TEST(where != "another code");
    }
}

BOOST_AUTO_TEST_CASE(sealed_bytes_of_another_shape_are_refused) {
    const std::vector<std::byte> bytes = part_bytes(run(PlainSampling{}, 40, 3));
    const std::vector<std::byte> content(bytes.begin(), bytes.end() - 32);
    BOOST_TEST(place_of_refusal(sealed(content)) == "none");
    auto changed = content;
    changed.push_back(std::byte{0});
    BOOST_TEST(place_of_refusal(sealed(changed)) == "part.length");
    changed = content;
    changed[16 + 32 + 8] = std::byte{3};  // the kind of sampling
    BOOST_TEST(place_of_refusal(sealed(changed)) == "part.sampling");
    changed = content;
    changed[content.size() - 3 * 8 - 1] = std::byte{0xFF};  // the count's highest byte
    BOOST_TEST(place_of_refusal(sealed(changed)) == "part.length");
}

BOOST_AUTO_TEST_SUITE_END()
