#include "numeric/kept_pages.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <memory>

BOOST_AUTO_TEST_SUITE(kept_pages_test)

using seawall::huge_page;
using seawall::KeptPages;

BOOST_AUTO_TEST_CASE(a_block_given_back_is_the_next_of_its_size) {
    KeptPages pages(4 * huge_page);
    void* const first = pages.allocate(huge_page);
    pages.deallocate(first, huge_page);
    BOOST_TEST(pages.kept_bytes() == huge_page);
    void* const next = pages.allocate(huge_page);
    BOOST_TEST(next == first);
    BOOST_TEST(pages.kept_bytes() == 0U);
    pages.deallocate(next, huge_page);
}

BOOST_AUTO_TEST_CASE(no_more_is_kept_than_the_bound) {
    KeptPages pages(huge_page);
    void* const first = pages.allocate(huge_page);
    void* const second = pages.allocate(huge_page);
    pages.deallocate(first, huge_page);
    pages.deallocate(second, huge_page);
    BOOST_TEST(pages.kept_bytes() == huge_page);
    void* const large = pages.allocate(2 * huge_page);
    pages.deallocate(large, 2 * huge_page);
    BOOST_TEST(pages.kept_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_block_of_another_size_gives_back_what_is_kept) {
    KeptPages pages(4 * huge_page);
    pages.deallocate(pages.allocate(huge_page), huge_page);
    void* const other = pages.allocate(2 * huge_page);
    BOOST_TEST(pages.kept_bytes() == 0U);
    pages.deallocate(other, 2 * huge_page);
    BOOST_TEST(pages.kept_bytes() == 2 * huge_page);
}

BOOST_AUTO_TEST_CASE(what_fills_no_huge_page_is_not_kept) {
    KeptPages pages(4 * huge_page);
    pages.deallocate(pages.allocate(1000), 1000);
    BOOST_TEST(pages.kept_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(all_holders_share_the_pages_of_the_process) {
    const std::shared_ptr<KeptPages> pages = seawall::shared_kept_pages();
    BOOST_TEST(pages == seawall::shared_kept_pages());
}

BOOST_AUTO_TEST_SUITE_END()
