#include "load/load_run.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "errors/error.hpp"
#include "load/descriptors.hpp"
#include "load/load_shape.hpp"
#include "load/load_worker.hpp"

namespace seawall::load {
namespace {

void fill_shared(LoadShared& shared) {
    const LoadPlan& plan = shared.plan;
    double weights = 0.0;
    for (std::size_t i = 0; i < plan.requests.size(); ++i) {
        shared.templates.emplace_back(plan.requests[i].text, "requests[" + std::to_string(i) + "]");
        weights += plan.requests[i].weight;
        shared.cumulative_weights.push_back(weights);
    }
    shared.endpoint = {boost::asio::ip::make_address(plan.target.address), plan.target.port};
    double highest = 0.0;
    for (const LoadStretch& stretch : plan.shape) {
        highest = std::max({highest, stretch.from, stretch.to});
    }
    if (plan.loop == Loop::closed) {
        shared.user_count = static_cast<std::size_t>(std::floor(highest + 0.5));
    }
    shared.end_ns = std::llround(shape_duration_s(plan.shape) * 1e9);
}

/// Runs all workers to their ends; what one of them throws is thrown after all have ended.
void run_workers(std::vector<std::unique_ptr<LoadWorker>>& workers) {
    std::vector<std::exception_ptr> failures(workers.size());
    {
        std::vector<std::jthread> threads;
        threads.reserve(workers.size());
        for (std::size_t i = 0; i < workers.size(); ++i) {
            threads.emplace_back([&worker = *workers[i], &failure = failures[i]] {
                try {
                    worker.run();
                } catch (...) {
                    failure = std::current_exception();
                }
            });
        }
    }
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
}

}  // namespace

LoadRun run_load(const LoadPlan& plan, const RunControl& control) {
    check_plan(plan);
    LoadShared shared{.plan = plan,
                      .templates = {},
                      .cumulative_weights = {},
                      .endpoint = {},
                      .origin = {},
                      .control = control};
    fill_shared(shared);
    reserve_descriptors(plan.loop == Loop::open ? plan.connection_limit : shared.user_count);
    std::vector<std::unique_ptr<LoadWorker>> workers;
    workers.reserve(plan.threads);
    for (std::size_t i = 0; i < plan.threads; ++i) {
        workers.push_back(std::make_unique<LoadWorker>(shared, i));
    }
    shared.origin = std::chrono::steady_clock::now();
    run_workers(workers);
    if (control.stop_requested()) {
        throw Error(ErrorCode::cancelled, "", "the load was asked to stop");
    }
    LoadRun run;
    run.elapsed_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                         std::chrono::steady_clock::now() - shared.origin)
                         .count();
    for (const auto& worker : workers) {
        run.samples.insert(run.samples.end(), worker->samples.begin(), worker->samples.end());
        run.connect_ns.insert(run.connect_ns.end(), worker->connect_ns.begin(),
                              worker->connect_ns.end());
        run.client_cpu_ns += worker->cpu_ns;
    }
    std::ranges::sort(run.samples, {}, &LoadSample::number);
    return run;
}

}  // namespace seawall::load
