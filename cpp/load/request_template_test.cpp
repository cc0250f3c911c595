#include "load/request_template.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(request_template_test)

using namespace seawall::load;

namespace {

std::string written(const RequestText& text, std::uint64_t sequence) {
    const RequestTemplate message(text, "requests[0]");
    std::string scratch = "left over";
    return std::string(message.bytes(sequence, scratch));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_request_without_a_body_ends_after_its_fields) {
    BOOST_TEST(written({.method = "GET",
                        .path = "/health?deep=1",
                        .host = "127.0.0.1:80",
                        .fields = {{"X-API-Key", "k"}},
                        .body = ""},
                       7) ==
               "GET /health?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nX-API-Key: k\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(the_number_stands_at_every_mark_and_counts_in_the_length) {
    BOOST_TEST(written({.method = "POST",
                        .path = "/runs/{{sequence}}",
                        .host = "h",
                        .fields = {},
                        .body = "[{{sequence}},{{sequence}}]"},
                       120) ==
               "POST /runs/120 HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n[120,120]");
}

BOOST_AUTO_TEST_CASE(a_post_without_a_body_says_so) {
    BOOST_TEST(written({.method = "POST", .path = "/", .host = "h", .fields = {}, .body = ""}, 0) ==
               "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_field_cannot_smuggle_in_another) {
    for (const RequestText& text : {
             RequestText{"GET /", "/", "h", {}, ""},
             RequestText{"GET", "/a b", "h", {}, ""},
             RequestText{"GET", "http://h/", "h", {}, ""},
             RequestText{"GET", "/", "h\r\nX: y", {}, ""},
             RequestText{"GET", "/", "h", {{"X", "a\r\nY: b"}}, ""},
             RequestText{"GET", "/", "h", {{"X Y", "a"}}, ""},
             RequestText{"POST", "/", "h", {{"content-length", "9"}}, "abc"},
         }) {
        BOOST_CHECK_THROW(RequestTemplate(text, "requests[0]"), seawall::Error);
    }
}

BOOST_AUTO_TEST_SUITE_END()
