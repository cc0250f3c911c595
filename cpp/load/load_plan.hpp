#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "load/load_shape.hpp"
#include "load/request_template.hpp"

namespace seawall::load {

/// Who decides when a request starts: the answer to the one before it, or the clock.
enum class Loop { closed, open };

struct LoadTarget {
    std::string address;  // numeric
    std::uint16_t port = 0;
    bool may_be_remote = false;  // else only a loopback address is accepted
};

/// One of the requests that a load is mixed of, and what its answer must be.
struct RequestKind {
    RequestText text;
    double weight = 1.0;
    std::vector<int> statuses;  // that are right; empty: 200 to 399
    std::string wanted_text;    // must be in the answer's body; empty: nothing
};

/// A load on one server. Times are seconds; every count and time has a maximum.
struct LoadPlan {
    LoadTarget target;
    Loop loop = Loop::closed;
    std::vector<LoadStretch> shape;  // users of a closed loop, arrivals a second of an open one
    std::vector<RequestKind> requests;
    double think_low_s = 0.0;  // of a closed loop: a user's pause, evenly distributed
    double think_high_s = 0.0;
    double timeout_s = 10.0;           // from the intended start
    std::size_t connection_limit = 0;  // of an open loop
    std::uint64_t request_limit = 0;   // the run ends when so many were started
    std::uint64_t first_sequence = 0;  // what stands at a mark in the first request
    std::uint64_t response_limit_bytes = 64U << 20U;
    std::uint64_t seed = 0;  // of the mix and the pauses
    std::size_t threads = 1;
};

inline constexpr double longest_run_s = 86'400.0;
inline constexpr double longest_timeout_s = 3'600.0;
inline constexpr std::uint64_t most_requests = 10'000'000;
inline constexpr std::size_t most_connections = 16'384;

/// Throws Error(invalid_input or limit_exceeded) with the place in the plan.
void check_plan(const LoadPlan& plan);

}  // namespace seawall::load
