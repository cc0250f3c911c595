#include "engines/debt/segments.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "engines/debt/book_fixture.hpp"
#include "engines/debt/exposure.hpp"
#include "engines/debt/table_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(segments_test)

using namespace seawall;
using namespace seawall::debt;
using namespace seawall::debt::fixture;

namespace {

using Numbers = std::vector<std::uint32_t>;

std::string text(const Segment& segment) {
    return segment.currency + "/" + segment.collateral_type + "/" + segment.collateral_region +
           "/" + segment.rate_type;
}

/// `count` records, each of a region of its own.
Table many_regions(std::size_t count) {
    std::vector<Text> regions;
    for (std::size_t i = 0; i < count; ++i) regions.push_back("region " + std::to_string(i));
    return debt::fixture::records(Offsets(count), {texts("collateral_region", regions)});
}

}  // namespace

BOOST_AUTO_TEST_CASE(segments_stand_in_order_of_first_appearance) {
    const Table table = debt::fixture::records(
        {0, 1, 2, 3, 4},
        {texts("collateral_type", {"office", {}, "manufactured_housing", "office", ""}),
         texts("rate_type", {"fixed", "fixed", "floating", "fixed", "fixed"})});
    const Segments segments = make_segments(table);
    BOOST_TEST(segments.segment_of_record == (Numbers{0, 1, 2, 0, 1}));
    BOOST_REQUIRE_EQUAL(segments.keys.size(), 3U);
    BOOST_TEST(text(segments.keys[0]) == "EUR/office//fixed");
    BOOST_TEST(text(segments.keys[1]) == "EUR///fixed");
    BOOST_TEST(text(segments.keys[2]) == "EUR/manufactured_housing//floating");
}

BOOST_AUTO_TEST_CASE(a_book_that_says_nothing_is_one_segment) {
    const Segments segments = make_segments(debt::fixture::records({0, 1}));
    BOOST_TEST(segments.segment_of_record == (Numbers{0, 0}));
    BOOST_TEST(segments.keys.size() == 1U);
}

BOOST_AUTO_TEST_CASE(texts_that_only_end_differently_are_different) {
    using namespace std::string_literals;
    const Table table = debt::fixture::records(
        {0, 1, 2, 3, 4, 5},
        {texts("rate_type", {"a", "a\0"s, "a\0\0\0\0\0\0"s, "sevenab", "sevenabc", "sevenabd"})});
    BOOST_TEST(make_segments(table).segment_of_record == (Numbers{0, 1, 2, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(a_book_may_have_65536_segments_and_no_more) {
    BOOST_TEST(make_segments(many_regions(max_segments)).keys.size() == max_segments);
    BOOST_CHECK_EXCEPTION(make_segments(many_regions(max_segments + 1)), Error,
                          [](const Error& error) {
                              return error.code() == ErrorCode::limit_exceeded &&
                                     error.where() == "collateral_region";
                          });
    std::vector<Text> types, regions;
    for (std::size_t i = 0; i <= max_segments; ++i) {
        types.push_back(std::to_string(i % 257));
        regions.push_back(std::to_string(i / 257));
    }
    const Table table = debt::fixture::records(
        Offsets(types.size()),
        {texts("collateral_type", types), texts("collateral_region", regions)});
    BOOST_CHECK_EXCEPTION(make_segments(table), Error, [](const Error& error) {
        return error.code() == ErrorCode::limit_exceeded && error.where() == "records";
    });
}

BOOST_AUTO_TEST_CASE(the_sums_of_segments_are_those_of_their_records) {
    const std::vector<Record> records = random_records(5000, 31);
    const Exposure exposure = measure_exposure(SampleBook(records).columns(), {});
    Numbers segment;
    for (std::size_t i = 0; i < records.size(); ++i) {
        segment.push_back(static_cast<std::uint32_t>(i * i % 7));
    }
    const SegmentIndex index{.segment_of_record = segment, .segment_count = 8};
    const auto sums = sum_by_segment(index, exposure.records);
    const auto totals = sum_by_segment(index, exposure.records.total_outstanding);
    const auto counts = count_by_segment(index);
    for (std::size_t g = 0; g < 8; ++g) {
        double total = 0.0, recovery = 0.0;
        std::int64_t count = 0;
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (segment[i] != g) continue;
            ++count;
            total += exposure.records.total_outstanding[i];
            recovery += exposure.records.distressed_asset_recovery[i];
        }
        BOOST_CHECK_SMALL(sums[g].total_outstanding - total, 1e-12 * total + 1e-300);
        BOOST_CHECK_SMALL(sums[g].distressed_asset_recovery - recovery, 1e-12 * recovery + 1e-300);
        BOOST_TEST(totals[g] == sums[g].total_outstanding);
        BOOST_TEST(counts[g] == count);
    }
}

BOOST_AUTO_TEST_CASE(a_record_of_no_segment_is_refused_at_its_place) {
    const Numbers segment{0, 2, 1};
    const auto refused = [&](std::size_t record_count, const std::string& where) {
        BOOST_CHECK_EXCEPTION(
            check({.segment_of_record = segment, .segment_count = 2}, record_count), Error,
            [&](const Error& error) { return error.where() == where; });
    };
    refused(3, "segment_of_record[1]");
    refused(4, "segment_of_record");
}

BOOST_AUTO_TEST_SUITE_END()
