#include "load/load_worker.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <limits>
#include <memory>
#include <optional>

#include "load/load_shape.hpp"
#include "numeric/philox.hpp"

namespace seawall::load {
namespace {

constexpr double ns_per_s = 1e9;
constexpr std::int64_t longest_wait_ns = 50'000'000;         // then a stop is noticed
constexpr std::int64_t pause_after_failure_ns = 10'000'000;  // or a dead server makes a busy loop
constexpr std::int64_t never_ns = std::numeric_limits<std::int64_t>::max();

std::int64_t to_ns(double seconds) {
    return std::llround(seconds * ns_per_s);
}
double to_s(std::int64_t ns) {
    return static_cast<double>(ns) / ns_per_s;
}

std::int64_t thread_cpu_ns() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// The `index`th of `parts` nearly equal shares.
std::size_t share(std::size_t whole, std::size_t parts, std::size_t index) {
    return whole / parts + (index < whole % parts ? 1 : 0);
}

}  // namespace

LoadWorker::LoadWorker(LoadShared& shared, std::size_t index)
    : shared_(shared), plan_(shared.plan), index_(index), next_arrival_(index) {
    if (plan_.loop == Loop::closed) {
        for (std::size_t user = index; user < shared.user_count; user += plan_.threads) {
            connections_.push_back(std::make_unique<LoadConnection>(context_, user));
        }
        waiting_users_ = connections_.size();
    } else {
        connection_limit_ = share(plan_.connection_limit, plan_.threads, index);
    }
}

std::int64_t LoadWorker::now_ns() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() -
                                                                shared_.origin)
        .count();
}

double LoadWorker::uniform(std::uint64_t number, std::uint32_t stream) const {
    const PhiloxBlock block = philox4x32_10(
        {static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(number >> 32U), stream, 0},
        {static_cast<std::uint32_t>(plan_.seed), static_cast<std::uint32_t>(plan_.seed >> 32U)});
    return static_cast<double>(block[0]) * 0x1p-32;
}

std::int32_t LoadWorker::kind_of(std::uint64_t number) const {
    const std::vector<double>& sums = shared_.cumulative_weights;
    const double point = uniform(number, 0) * sums.back();
    const auto found = std::upper_bound(sums.begin(), sums.end(), point);
    return static_cast<std::int32_t>(std::min(found, sums.end() - 1) - sums.begin());
}

void LoadWorker::run() {
    const std::int64_t cpu_before = thread_cpu_ns();
    if (plan_.loop == Loop::closed) {
        for (const auto& connection : connections_) {
            const auto start =
                first_time_at_level(plan_.shape, static_cast<double>(connection->user) + 0.5, 0.0);
            wake_at(*connection, start ? to_ns(*start) : never_ns);
        }
    } else if (const auto first = arrival_time_s(plan_.shape, next_arrival_)) {
        arrival_ns_ = to_ns(*first);
    }
    armed_ns_ = never_ns;
    on_timer();
    context_.run();
    cpu_ns = thread_cpu_ns() - cpu_before;
}

// --- the clock

void LoadWorker::arm(std::int64_t at_ns) {
    if (at_ns >= armed_ns_) return;
    armed_ns_ = at_ns;
    timer_.expires_at(shared_.origin + std::chrono::nanoseconds(at_ns));
    timer_.async_wait([this](const Code& code) {
        if (code) return;  // armed anew
        armed_ns_ = never_ns;
        on_timer();
    });
}

void LoadWorker::on_timer() {
    const std::int64_t now = now_ns();
    if (!shared_.control.stop_requested()) {
        wake_users(now);
        admit_arrivals(now);
        end_overdue(now);
        if (!is_finished()) {
            std::int64_t next = now + longest_wait_ns;
            if (!wakes_.empty()) next = std::min(next, wakes_.top().at_ns);
            if (arrival_ns_) next = std::min(next, *arrival_ns_);
            if (!deadlines_.empty()) next = std::min(next, deadlines_.front().at_ns);
            if (!pending_.empty()) {
                next = std::min(next, pending_.front().intended_ns + to_ns(plan_.timeout_s));
            }
            arm(next);
            return;
        }
    }
    for (const auto& connection : connections_) close(*connection);
    timer_.cancel();
    context_.stop();
}

bool LoadWorker::is_finished() const {
    if (busy_count_ > 0) return false;
    if (plan_.loop == Loop::closed) return waiting_users_ == 0;
    return !arrival_ns_ && pending_.empty();
}

void LoadWorker::wake_users(std::int64_t now) {
    while (!wakes_.empty() && wakes_.top().at_ns <= now) {
        LoadConnection& connection = *connections_[wakes_.top().connection];
        wakes_.pop();
        user_turn(connection);
    }
}

void LoadWorker::admit_arrivals(std::int64_t now) {
    while (arrival_ns_ && *arrival_ns_ <= now) {
        if (next_arrival_ >= plan_.request_limit) {
            arrival_ns_.reset();
            break;
        }
        LoadSample sample;
        sample.number = static_cast<std::int64_t>(next_arrival_);
        sample.kind = kind_of(next_arrival_);
        sample.intended_ns = *arrival_ns_;
        pending_.push_back(sample);
        next_arrival_ += plan_.threads;
        const auto next = arrival_time_s(plan_.shape, next_arrival_);
        arrival_ns_ = next ? std::optional(to_ns(*next)) : std::nullopt;
    }
    dispatch();
}

void LoadWorker::end_overdue(std::int64_t now) {
    while (!deadlines_.empty()) {
        const Deadline& first = deadlines_.front();
        const bool is_waiting = first.connection->request == first.request &&
                                (first.connection->has_request ||
                                 first.connection->state == LoadConnection::State::connecting);
        if (is_waiting && first.at_ns > now) break;
        LoadConnection& connection = *first.connection;
        deadlines_.pop_front();
        if (is_waiting) finish(connection, Outcome::timeout, false);
    }
    const std::int64_t oldest = now - to_ns(plan_.timeout_s);
    while (!pending_.empty() && pending_.front().intended_ns <= oldest) {
        record(pending_.front(), Outcome::timeout);
        pending_.pop_front();
    }
}

// --- closed loop

void LoadWorker::wake_at(LoadConnection& connection, std::int64_t at_ns) {
    if (at_ns >= shared_.end_ns) {  // retired
        close(connection);
        --waiting_users_;
        return;
    }
    wakes_.push({at_ns, connection.user / plan_.threads});
    arm(at_ns);
}

std::optional<LoadSample> LoadWorker::next_request(std::int64_t intended_ns) {
    const std::uint64_t number = shared_.started.fetch_add(1, std::memory_order_relaxed);
    if (number >= plan_.request_limit) return std::nullopt;
    LoadSample sample;
    sample.number = static_cast<std::int64_t>(number);
    sample.kind = kind_of(number);
    sample.intended_ns = intended_ns;
    return sample;
}

void LoadWorker::user_turn(LoadConnection& connection) {
    const std::int64_t now = now_ns();
    const auto active =
        first_time_at_level(plan_.shape, static_cast<double>(connection.user) + 0.5, to_s(now));
    const std::int64_t active_ns = active ? to_ns(*active) : never_ns;
    if (shared_.started.load(std::memory_order_relaxed) >= plan_.request_limit) {
        wake_at(connection, never_ns);
        return;
    }
    constexpr std::int64_t rounding_ns = 1'000;
    if (active_ns > now + rounding_ns || now >= shared_.end_ns) {
        close(connection);
        connection.is_new = true;
        wake_at(connection, active_ns);
        return;
    }
    if (connection.is_new) {  // its connection is timed apart from its first request
        connection.is_new = false;
        ++connection.request;
        ++busy_count_;
        deadlines_.push_back({now + to_ns(plan_.timeout_s), &connection, connection.request});
        connect(connection);
        return;
    }
    if (const auto sample = next_request(now)) {
        begin(connection, *sample);
    } else {
        wake_at(connection, never_ns);
    }
}

// --- open loop

LoadConnection* LoadWorker::free_connection() {
    if (!free_.empty()) {
        LoadConnection* found = free_.back();
        free_.pop_back();
        return found;
    }
    if (connections_.size() == connection_limit_) return nullptr;
    connections_.push_back(std::make_unique<LoadConnection>(context_, connections_.size()));
    return connections_.back().get();
}

void LoadWorker::dispatch() {
    if (is_dispatching_) return;  // a request that failed at once has freed its connection
    is_dispatching_ = true;
    while (!pending_.empty()) {
        LoadConnection* connection = free_connection();
        if (connection == nullptr) break;
        const LoadSample sample = pending_.front();
        pending_.pop_front();
        begin(*connection, sample);
    }
    is_dispatching_ = false;
}

// --- the end of a request

void LoadWorker::finish(LoadConnection& connection, Outcome outcome, bool is_reusable) {
    const bool had_request = connection.has_request;
    const bool has_failed = outcome >= Outcome::timeout;
    --busy_count_;
    if (had_request) {
        record(connection.sample, outcome);
    } else if (has_failed) {  // a user's first connection: a request of it has failed
        if (const auto sample = next_request(connection.connecting_since_ns)) {
            record(*sample, outcome);
        }
    }
    connection.has_request = false;
    connection.state = LoadConnection::State::idle;
    if (!is_reusable) close(connection);
    if (plan_.loop == Loop::open) {
        free_.push_back(&connection);
        dispatch();
    } else {
        const double pause_s = plan_.think_low_s +
                               (plan_.think_high_s - plan_.think_low_s) *
                                   uniform(static_cast<std::uint64_t>(connection.sample.number), 1);
        const std::int64_t pause_ns =
            std::max(to_ns(pause_s), has_failed ? pause_after_failure_ns : 0);
        if (has_failed && !had_request) connection.is_new = true;
        if (pause_ns == 0) {
            user_turn(connection);
        } else {
            wake_at(connection, std::min(now_ns() + pause_ns, shared_.end_ns));
        }
    }
    if (is_finished()) arm(now_ns());
}

void LoadWorker::record(LoadSample sample, Outcome outcome) {
    sample.outcome = outcome;
    sample.done_ns = now_ns();
    samples.push_back(sample);
    shared_.control.advance(1);
}

}  // namespace seawall::load
