#include "numeric/buffer.hpp"

#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>

BOOST_AUTO_TEST_SUITE(buffer_test)

using seawall::Buffer;

BOOST_AUTO_TEST_CASE(small_and_large_buffers_copy_move_and_grow) {
    for (const std::size_t count : {std::size_t{3}, std::size_t{1} << 20U}) {
        Buffer<double> values(count);
        std::iota(values.begin(), values.end(), 0.0);
        const Buffer<double> copied = values;
        Buffer<double> moved = std::move(values);
        BOOST_TEST((copied == moved));
        moved.resize(2 * count);
        BOOST_TEST(moved[count - 1] == static_cast<double>(count - 1));
    }
}

BOOST_AUTO_TEST_CASE(a_large_buffer_begins_on_a_huge_page) {
    const Buffer<double> values(std::size_t{1} << 20U);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(values.data()) % (std::size_t{1} << 21U) == 0U);
}

BOOST_AUTO_TEST_CASE(a_given_value_fills_the_buffer) {
    const Buffer<double> values(5, 2.5);
    BOOST_TEST(values == Buffer<double>({2.5, 2.5, 2.5, 2.5, 2.5}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(columns_of_one_memory_begin_on_cache_lines_and_keep_their_values) {
    seawall::OutputMemory memory(10'000);
    Buffer<double> first, second;
    seawall::place(1000, &memory, first, second);
    Buffer<std::uint8_t> flags;
    seawall::place(3, &memory, flags);
    std::iota(first.begin(), first.end(), 0.0);
    std::iota(second.begin(), second.end(), 1000.0);
    const Buffer<double> moved = std::move(first);
    BOOST_TEST(moved[999] == 999.0);
    BOOST_TEST(second[0] == 1000.0);
    for (const void* column :
         {static_cast<const void*>(moved.data()), static_cast<const void*>(second.data()),
          static_cast<const void*>(flags.data())}) {
        BOOST_TEST(reinterpret_cast<std::uintptr_t>(column) % 64 == 0U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
