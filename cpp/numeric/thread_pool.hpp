#pragma once

#include <cstddef>
#include <functional>

#include "numeric/run_control.hpp"

namespace seawall {

/// Interactive work overtakes batch work: a batch worker steps aside after each of its tasks.
enum class Lane { interactive, batch };

struct ParallelOptions {
    std::size_t threads = 0;  ///< the most threads to use, caller included; 0 = all cores
    Lane lane = Lane::interactive;
    RunControl control{};
};

/// The most threads that one call may ask for.
inline constexpr std::size_t max_threads = 64;

/// Calls task(0) … task(task_count − 1) on the process-wide pool and the calling thread; returns
/// when all are done. The tasks of one call must not depend on each other. If tasks throw, the
/// exception of the lowest index that threw is rethrown and tasks not yet begun are dropped.
/// Returns false, with tasks dropped, when options.control asked to stop; true otherwise.
bool parallel_for(std::size_t task_count, const ParallelOptions& options,
                  const std::function<void(std::size_t)>& task);

}  // namespace seawall
