#include "numeric/thread_pool.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(thread_pool_test)

using seawall::parallel_for;
using seawall::ParallelOptions;

BOOST_AUTO_TEST_CASE(every_task_runs_once_on_any_thread_count) {
    for (const std::size_t threads : {1U, 2U, 7U}) {
        std::vector<std::atomic<int>> runs(1000);
        BOOST_TEST(
            parallel_for(runs.size(), {.threads = threads}, [&](std::size_t i) { ++runs[i]; }));
        for (const auto& count : runs) BOOST_REQUIRE_EQUAL(count.load(), 1);
    }
}

BOOST_AUTO_TEST_CASE(a_loop_inside_a_loop_finishes) {
    std::atomic<int> runs{0};
    parallel_for(8, {.threads = 4}, [&](std::size_t) {
        parallel_for(8, {.threads = 4}, [&](std::size_t) { ++runs; });
    });
    BOOST_TEST(runs.load() == 64);
}

BOOST_AUTO_TEST_CASE(the_failure_of_the_lowest_index_is_the_one_reported) {
    for (int repeat = 0; repeat < 50; ++repeat) {
        std::string message;
        try {
            parallel_for(64, {.threads = 7}, [](std::size_t i) {
                if (i % 2 == 1) throw std::runtime_error(std::to_string(i));
            });
        } catch (const std::runtime_error& error) {
            message = error.what();
        }
        BOOST_REQUIRE_EQUAL(message, "1");
    }
}

BOOST_AUTO_TEST_CASE(a_stop_request_drops_what_has_not_begun) {
    std::stop_source source;
    std::atomic<int> runs{0};
    const ParallelOptions options{.threads = 2, .control = {.stop = source.get_token()}};
    const bool complete = parallel_for(1000, options, [&](std::size_t) {
        if (++runs == 10) source.request_stop();
    });
    BOOST_TEST(!complete);
    BOOST_TEST(runs.load() < 1000);
}

BOOST_AUTO_TEST_CASE(both_lanes_finish_beside_each_other) {
    std::atomic<int> interactive_done{0};
    std::atomic<int> batch_done{0};
    parallel_for(2, {.threads = 2}, [&](std::size_t i) {
        if (i == 0) {
            parallel_for(200, {.threads = 4, .lane = seawall::Lane::batch},
                         [&](std::size_t) { ++batch_done; });
        } else {
            parallel_for(20, {.threads = 4}, [&](std::size_t) { ++interactive_done; });
        }
    });
    BOOST_TEST(interactive_done.load() == 20);
    BOOST_TEST(batch_done.load() == 200);
}

BOOST_AUTO_TEST_SUITE_END()
