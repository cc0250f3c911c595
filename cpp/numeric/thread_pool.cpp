#include "numeric/thread_pool.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace seawall {
namespace {

/// The state of one parallel_for call, shared with the workers that help it.
struct Loop {
    std::size_t task_count = 0;
    const std::function<void(std::size_t)>* task = nullptr;  // valid while unfinished tasks exist
    RunControl control;
    Lane lane = Lane::interactive;

    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::condition_variable all_done;
    std::size_t finished = 0;  // tasks run or dropped
    bool dropped = false;
    std::size_t failed_index = 0;
    std::exception_ptr failure;

    /// Runs or drops one task; false when none is left.
    bool step() {
        const std::size_t index = next.fetch_add(1);
        if (index >= task_count) return false;
        bool drop = control.stop_requested();
        {
            const std::scoped_lock lock(mutex);
            drop = drop || (failure && failed_index < index);
        }
        std::exception_ptr thrown;
        if (!drop) {
            try {
                (*task)(index);
            } catch (...) {
                thrown = std::current_exception();
            }
        }
        const std::scoped_lock lock(mutex);
        dropped = dropped || drop;
        if (thrown && (!failure || index < failed_index)) {
            failure = thrown;
            failed_index = index;
        }
        if (++finished == task_count) all_done.notify_all();
        return true;
    }
};

class Pool {
  public:
    static Pool& process() {
        static Pool pool;
        return pool;
    }

    void help(const std::shared_ptr<Loop>& loop, std::size_t helpers) {
        const std::scoped_lock lock(mutex_);
        while (workers_.size() < helpers) {
            workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
        }
        for (std::size_t i = 0; i < helpers; ++i) queue(loop->lane).push_back(loop);
        wake_.notify_all();
    }

  private:
    std::deque<std::shared_ptr<Loop>>& queue(Lane lane) {
        return queues_[lane == Lane::interactive ? 0 : 1];
    }

    void work(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (
            wake_.wait(lock, stop, [this] { return !queues_[0].empty() || !queues_[1].empty(); })) {
            auto& source = queues_[0].empty() ? queues_[1] : queues_[0];
            const std::shared_ptr<Loop> loop = source.front();
            source.pop_front();
            lock.unlock();
            bool left = loop->step();
            while (left && (loop->lane == Lane::interactive || !interactive_waits())) {
                left = loop->step();
            }
            lock.lock();
            if (left) queue(loop->lane).push_back(loop);
        }
    }

    bool interactive_waits() {
        const std::scoped_lock lock(mutex_);
        return !queues_[0].empty();
    }

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::array<std::deque<std::shared_ptr<Loop>>, 2> queues_;
    std::vector<std::jthread> workers_;
};

/// Asked once: the C library answers by reading a file of the system's.
std::size_t core_count() {
    static const std::size_t count = std::max(1U, std::thread::hardware_concurrency());
    return count;
}

}  // namespace

bool parallel_for(std::size_t task_count, const ParallelOptions& options,
                  const std::function<void(std::size_t)>& task) {
    if (task_count == 0) return !options.control.stop_requested();
    const std::size_t asked = options.threads == 0 ? core_count() : options.threads;
    const std::size_t threads = std::min({asked, task_count, max_threads});
    const auto loop = std::make_shared<Loop>();
    loop->task_count = task_count;
    loop->task = &task;
    loop->control = options.control;
    loop->lane = options.lane;
    if (threads > 1) Pool::process().help(loop, threads - 1);
    while (loop->step()) {
    }
    std::unique_lock lock(loop->mutex);
    loop->all_done.wait(lock, [&] { return loop->finished == loop->task_count; });
    if (loop->failure) std::rethrow_exception(loop->failure);
    return !loop->dropped;
}

}  // namespace seawall
