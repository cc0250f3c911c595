#include "ingest/raw_records.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(raw_records_test)

using namespace seawall::ingest;
using seawall::Error;
using seawall::ErrorCode;

namespace {

const RawRecords three{.bytes = {"{\"a\":1}", "{}", "[\"x\"]"}, .source_rows = {1, 3, 4}};

bool is_refused(const std::string& block) {
    RawRecords raw;
    try {
        append_chunk(block, raw);
    } catch (const Error& error) {
        return error.code() == ErrorCode::source_unreadable;
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_block_is_count_sizes_rows_and_bytes_little_endian) {
    const RawRecords raw{.bytes = {"{}", "[1]"}, .source_rows = {2, 3}};
    const std::string expected(
        "\2\0\0\0"
        "\2\0\0\0"
        "\3\0\0\0"
        "\2\0\0\0\0\0\0\0"
        "\3\0\0\0\0\0\0\0"
        "{}[1]",
        4 + 8 + 16 + 5);
    BOOST_TEST(encode_chunk(raw, 0, 2) == expected);
}

BOOST_AUTO_TEST_CASE(blocks_bring_back_every_record_and_row) {
    const std::string first = encode_chunk(three, 0, 2);
    const std::string second = encode_chunk(three, 2, 3);
    RawRecords again;
    append_chunk(first, again);
    append_chunk(second, again);
    BOOST_TEST(again.bytes == three.bytes);
    BOOST_TEST(again.source_rows == three.source_rows);
}

BOOST_AUTO_TEST_CASE(an_empty_block_holds_no_record) {
    RawRecords again;
    append_chunk(encode_chunk(again, 0, 0), again);
    BOOST_TEST(again.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_block_cut_anywhere_is_refused) {
    const std::string block = encode_chunk(three, 0, 3);
    for (std::size_t size = 0; size < block.size(); ++size) {
        BOOST_TEST(is_refused(block.substr(0, size)));
    }
    BOOST_TEST(!is_refused(block));
}

BOOST_AUTO_TEST_CASE(a_block_with_bytes_left_over_is_refused) {
    BOOST_TEST(is_refused(encode_chunk(three, 0, 3) + "x"));
}

BOOST_AUTO_TEST_CASE(a_block_that_claims_more_than_it_has_is_refused) {
    std::string block = encode_chunk(three, 0, 3);
    for (std::size_t at = 0; at < 16; ++at) {  // the count and the three sizes
        std::string changed = block;
        changed[at] = '\xFF';
        BOOST_TEST(is_refused(changed));
    }
}

BOOST_AUTO_TEST_SUITE_END()
