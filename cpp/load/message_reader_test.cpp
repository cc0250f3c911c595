#include "load/message_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(message_reader_test)

using namespace seawall::load;
namespace http = boost::beast::http;

namespace {

constexpr std::uint64_t limit = 1'000;
constexpr std::string_view chunked =
    "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n";

/// Gives a reader the text in pieces of one size, and what it leaves again with the next.
boost::beast::error_code read_in_pieces(ResponseReader& reader, std::string_view text,
                                        std::size_t size) {
    std::string held;
    boost::beast::error_code code;
    while (!text.empty() && !reader.is_done()) {
        held += text.substr(0, size);
        text.remove_prefix(std::min(size, text.size()));
        held.erase(0, reader.put(boost::asio::buffer(held), code));
        if (code && code != http::error::need_more) return code;
        code = {};
    }
    return code;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_is_the_same_however_it_is_cut) {
    for (std::size_t size = 1; size <= chunked.size(); ++size) {
        ResponseReader reader({.body_limit_bytes = limit, .text = "cde"});
        BOOST_TEST(!read_in_pieces(reader, chunked, size));
        BOOST_TEST(reader.is_done());
        BOOST_TEST(reader.status() == 201);
        BOOST_TEST(reader.keep_alive());
        BOOST_TEST(reader.has_text());  // over the border of two chunks
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_not_there_is_not_found) {
    ResponseReader reader({.body_limit_bytes = limit, .text = "cdf"});
    BOOST_TEST(!read_in_pieces(reader, chunked, 5));
    BOOST_TEST(!reader.has_text());
}

BOOST_AUTO_TEST_CASE(an_answer_to_head_ends_after_its_fields) {
    ResponseReader reader({.body_limit_bytes = limit, .is_without_body = true});
    BOOST_TEST(!read_in_pieces(reader, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 7));
    BOOST_TEST(reader.is_done());
}

BOOST_AUTO_TEST_CASE(a_body_above_the_limit_is_refused) {
    ResponseReader reader({.body_limit_bytes = 2});
    BOOST_TEST((read_in_pieces(reader, chunked, 64) == http::error::body_limit));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_answer_are_refused) {
    ResponseReader reader({.body_limit_bytes = limit});
    BOOST_TEST(read_in_pieces(reader, "SSH-2.0-OpenSSH_9.2\r\n\r\n", 64).failed());
    BOOST_TEST(!reader.is_done());
}

BOOST_AUTO_TEST_SUITE_END()
