#pragma once

#include <pybind11/pybind11.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "errors/error.hpp"
#include "numeric/run_control.hpp"

namespace seawall::bindings {

/// Python's handle on long work: progress is reported on the thread that waits, and Ctrl-C stops
/// the work.
class PyRunControl {
  public:
    explicit PyRunControl(std::optional<std::function<void(std::uint64_t)>> on_progress)
        : on_progress_(std::move(on_progress)) {}

    void cancel() { source_.request_stop(); }
    bool is_cancelled() const { return source_.stop_requested(); }
    std::uint64_t completed_units() const { return completed_.load(); }
    RunControl native() { return {.stop = source_.get_token(), .completed_units = &completed_}; }
    void advance(std::uint64_t units) {
        completed_ += units;
        report();
    }
    void report() const {
        if (on_progress_) (*on_progress_)(completed_.load());
    }

  private:
    std::stop_source source_;
    std::atomic<std::uint64_t> completed_{0};
    std::optional<std::function<void(std::uint64_t)>> on_progress_;
};

/// As an argument that may be None.
using OptionalControl = std::optional<std::shared_ptr<PyRunControl>>;

/// Runs long work without the GIL on a thread of its own, so that this one can listen for Ctrl-C
/// and report. `work` gets the RunControl it must pass on; it must not touch Python.
template <typename Work>
auto run_long(const OptionalControl& control, Work work) {
    PyRunControl unobserved{std::nullopt};
    PyRunControl& observed = control ? **control : unobserved;
    const RunControl native = observed.native();
    const pybind11::gil_scoped_release release;
    auto future = std::async(std::launch::async, [&] { return work(native); });
    std::exception_ptr interruption;
    while (future.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout) {
        const pybind11::gil_scoped_acquire acquire;
        try {
            if (PyErr_CheckSignals() != 0) throw pybind11::error_already_set();
            observed.report();
        } catch (...) {  // kept until the work has ended: it uses what this frame owns
            interruption = std::current_exception();
            observed.cancel();
            break;
        }
    }
    if (interruption) {
        future.wait();
        std::rethrow_exception(interruption);
    }
    return future.get();
}

}  // namespace seawall::bindings
