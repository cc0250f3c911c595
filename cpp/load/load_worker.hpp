#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string_view>
#include <vector>

#include "load/load_connection.hpp"
#include "load/load_plan.hpp"
#include "load/load_run.hpp"
#include "load/request_template.hpp"
#include "numeric/run_control.hpp"

namespace seawall::load {

/// What the threads of one run have in common.
struct LoadShared {
    const LoadPlan& plan;
    std::vector<RequestTemplate> templates;
    std::vector<double> cumulative_weights;
    boost::asio::ip::tcp::endpoint endpoint;
    std::size_t user_count = 0;  // of a closed loop
    std::int64_t end_ns = 0;     // from then on nothing starts
    std::chrono::steady_clock::time_point origin;
    std::atomic<std::uint64_t> started{0};
    const RunControl& control;
};

/// One thread's part of a run: its users or its arrivals, on its connections.
class LoadWorker {
  public:
    LoadWorker(LoadShared& shared, std::size_t index);

    void run();

    // A deque: growing it never moves what is there, which would stop the clock of the others.
    std::deque<LoadSample> samples;
    std::vector<std::int64_t> connect_ns;
    std::int64_t cpu_ns = 0;

  private:
    using Code = boost::system::error_code;

    struct Wake {
        std::int64_t at_ns;
        std::size_t connection;
        bool operator>(const Wake& other) const { return at_ns > other.at_ns; }
    };
    struct Deadline {
        std::int64_t at_ns;
        LoadConnection* connection;
        std::uint64_t request;
    };

    std::int64_t now_ns() const;
    double uniform(std::uint64_t number, std::uint32_t stream) const;
    std::int32_t kind_of(std::uint64_t number) const;
    std::optional<LoadSample> next_request(std::int64_t intended_ns);

    // The clock.
    void arm(std::int64_t at_ns);
    void on_timer();
    void wake_users(std::int64_t now);
    void admit_arrivals(std::int64_t now);
    void end_overdue(std::int64_t now);
    bool is_finished() const;

    // Closed loop: a user is a connection.
    void user_turn(LoadConnection& connection);
    void wake_at(LoadConnection& connection, std::int64_t at_ns);

    // Open loop.
    void dispatch();
    LoadConnection* free_connection();

    // One connection.
    void begin(LoadConnection& connection, const LoadSample& sample);
    void connect(LoadConnection& connection);
    void on_connected(LoadConnection& connection, const Code& code);
    void send(LoadConnection& connection);
    void send_rest(LoadConnection& connection, std::string_view rest);
    void receive(LoadConnection& connection);
    void on_received(LoadConnection& connection, const Code& code, std::size_t size);
    void read_answer(LoadConnection& connection, ResponseReader& reader);
    void finish_answer(LoadConnection& connection, const ResponseReader& reader);
    void finish(LoadConnection& connection, Outcome outcome, bool is_reusable);
    void record(LoadSample sample, Outcome outcome);
    static void close(LoadConnection& connection);

    LoadShared& shared_;
    const LoadPlan& plan_;
    std::size_t index_;
    boost::asio::io_context context_{1};
    boost::asio::steady_timer timer_{context_};
    std::int64_t armed_ns_ = 0;
    std::vector<std::unique_ptr<LoadConnection>> connections_;
    std::deque<Deadline> deadlines_;  // in order: every request has the same time
    std::size_t busy_count_ = 0;
    std::priority_queue<Wake, std::vector<Wake>, std::greater<>> wakes_;
    std::size_t waiting_users_ = 0;  // not retired
    std::uint64_t next_arrival_ = 0;
    std::optional<std::int64_t> arrival_ns_;
    std::deque<LoadSample> pending_;  // due, without a connection
    std::vector<LoadConnection*> free_;
    std::size_t connection_limit_ = 0;
    bool is_dispatching_ = false;
};

}  // namespace seawall::load
