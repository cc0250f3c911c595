#pragma once

#include <atomic>
#include <cstdint>
#include <stop_token>

namespace seawall {

/// How a caller follows and ends long work. Default-constructed, it neither stops nor reports.
struct RunControl {
    std::stop_token stop;
    std::atomic<std::uint64_t>* completed_units = nullptr;

    bool stop_requested() const { return stop.stop_requested(); }
    void advance(std::uint64_t units) const {
        if (completed_units != nullptr) {
            completed_units->fetch_add(units, std::memory_order_relaxed);
        }
    }
};

}  // namespace seawall
