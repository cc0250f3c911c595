#include "load/load_run.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdint>
#include <stop_token>

#include "errors/error.hpp"
#include "load/echo_server.hpp"

BOOST_AUTO_TEST_SUITE(load_run_test)

using namespace seawall::load;

namespace {

LoadPlan plan_for(std::uint16_t port, Loop loop, double level) {
    LoadPlan plan{.target = {.address = "127.0.0.1", .port = port},
                  .loop = loop,
                  .shape = {{.duration_s = 30.0, .from = level, .to = level}},
                  .requests = {},
                  .timeout_s = 20.0,
                  .connection_limit = 50,
                  .request_limit = 2'000};
    plan.requests.push_back({.text = {.method = "POST",
                                      .path = "/{{sequence}}",
                                      .host = "h",
                                      .fields = {},
                                      .body = "{{sequence}}"},
                             .statuses = {200},
                             .wanted_text = "xx"});
    return plan;
}

bool is_ok(const LoadSample& sample) {
    return sample.outcome == Outcome::ok;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_request_reaches_the_server_once_from_any_number_of_threads) {
    for (const Loop loop : {Loop::closed, Loop::open}) {
        for (const std::size_t threads : {1U, 3U}) {
            const EchoServer server({.body_bytes = 20'000});
            LoadPlan plan = plan_for(server.port(), loop, loop == Loop::closed ? 40.0 : 5'000.0);
            plan.threads = threads;
            const LoadRun run = run_load(plan, {});
            BOOST_TEST(run.samples.size() == 2'000U);
            BOOST_TEST(server.request_count() == 2'000U);
            BOOST_TEST(std::ranges::all_of(run.samples, is_ok));
            for (std::size_t i = 0; i < run.samples.size(); ++i) {
                BOOST_REQUIRE(run.samples[i].number == static_cast<std::int64_t>(i));
                BOOST_REQUIRE(run.samples[i].sent_ns >= run.samples[i].intended_ns);
                BOOST_REQUIRE(run.samples[i].done_ns > run.samples[i].sent_ns);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_has_gone_fails_every_request) {
    std::uint16_t port = 0;
    {
        const EchoServer server({});
        port = server.port();
    }
    LoadPlan plan = plan_for(port, Loop::open, 1'000.0);
    plan.request_limit = 100;
    const LoadRun run = run_load(plan, {});
    BOOST_TEST(run.samples.size() == 100U);
    BOOST_TEST(run.connect_ns.empty());
    for (const LoadSample& sample : run.samples) {
        BOOST_REQUIRE((sample.outcome == Outcome::connect_failed));
    }
}

BOOST_AUTO_TEST_CASE(an_answer_above_the_limit_is_refused) {
    const EchoServer server({.body_bytes = 1'000});
    LoadPlan plan = plan_for(server.port(), Loop::closed, 2.0);
    plan.request_limit = 6;
    plan.response_limit_bytes = 999;
    const LoadRun run = run_load(plan, {});
    BOOST_TEST(run.samples.size() == 6U);
    for (const LoadSample& sample : run.samples) {
        BOOST_REQUIRE((sample.outcome == Outcome::response_too_large));
    }
}

BOOST_AUTO_TEST_CASE(a_load_that_is_asked_to_stop_stops) {
    const EchoServer server({});
    const std::stop_source source;
    source.request_stop();
    BOOST_CHECK_EXCEPTION(
        run_load(plan_for(server.port(), Loop::closed, 2.0), {.stop = source.get_token()}),
        seawall::Error,
        [](const seawall::Error& error) { return error.code() == seawall::ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_CASE(a_plan_that_is_no_plan_is_refused_with_its_place) {
    const auto refused = [](const LoadPlan& plan, const char* where) {
        BOOST_CHECK_EXCEPTION(
            check_plan(plan), seawall::Error,
            [where](const seawall::Error& error) { return error.where() == where; });
    };
    const LoadPlan plan = plan_for(80, Loop::closed, 2.0);
    check_plan(plan);
    LoadPlan bad = plan;
    bad.target.address = "8.8.8.8";
    refused(bad, "target.address");
    bad.target.may_be_remote = true;
    check_plan(bad);
    bad = plan;
    bad.shape[0].duration_s = 0.0;
    refused(bad, "shape[0].duration_s");
    bad = plan;
    bad.shape[0].to = -1.0;
    refused(bad, "shape[0]");
    bad = plan;
    bad.shape[0].duration_s = 100'000.0;
    refused(bad, "shape");
    bad = plan;
    bad.requests[0].weight = 0.0;
    refused(bad, "requests[0].weight");
    bad = plan;
    bad.timeout_s = 0.0;
    refused(bad, "timeout_s");
    bad = plan;
    bad.request_limit = 20'000'000;
    refused(bad, "request_limit");
    bad = plan;
    bad.threads = 0;
    refused(bad, "threads");
    bad = plan;
    bad.loop = Loop::open;
    bad.connection_limit = 3;
    bad.threads = 4;  // one of them could send nothing
    refused(bad, "connection_limit");
    bad = plan;
    bad.shape[0].from = 20'000.0;
    refused(bad, "connections");
}

BOOST_AUTO_TEST_SUITE_END()
