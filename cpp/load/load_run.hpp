#pragma once

#include <cstdint>
#include <vector>

#include "load/load_plan.hpp"
#include "numeric/run_control.hpp"

namespace seawall::load {

/// How a request ended. The numbers are part of stored samples.
enum class Outcome : std::uint8_t {
    ok = 0,
    unexpected_status = 1,   // a whole answer, of another status than wanted
    missing_text = 2,        // a whole answer, without the text that was wanted
    timeout = 3,             // no whole answer in time, counted from the intended start
    connect_failed = 4,      // refused, or no port left
    connection_closed = 5,   // closed or reset before the whole answer was there
    malformed_response = 6,  // bytes that are no HTTP/1.1 answer, or more than one
    response_too_large = 7,
};

/// One request. Times are nanoseconds from the start of the run; -1 where it did not come to that.
struct LoadSample {
    std::int64_t number = 0;  // from 0, in the order of their starts
    std::int32_t kind = 0;    // of the plan's requests
    std::int32_t status = 0;  // 0 without an answer
    std::int64_t intended_ns = 0;
    std::int64_t sent_ns = -1;
    std::int64_t done_ns = 0;
    std::int64_t received_bytes = 0;
    Outcome outcome = Outcome::ok;
};

struct LoadRun {
    std::vector<LoadSample> samples;       // by number
    std::vector<std::int64_t> connect_ns;  // of each connection that came to be
    std::int64_t elapsed_ns = 0;
    std::int64_t client_cpu_ns = 0;  // of the client's threads
};

/// Runs a load and keeps every request. In an open loop a request's intended start is when it was
/// due, so that waiting for a free connection of a slow server counts. A unit of `control` is a
/// request that ended; throws Error(cancelled) when asked to stop.
LoadRun run_load(const LoadPlan& plan, const RunControl& control);

}  // namespace seawall::load
