#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "load/load_run.hpp"
#include "load/message_reader.hpp"

namespace seawall::load {

/// A keep-alive connection and the one request that is under way on it.
struct LoadConnection {
    enum class State { closed, connecting, idle, busy };

    LoadConnection(boost::asio::io_context& context, std::size_t its_user)
        : socket(context), user(its_user) {}

    boost::asio::ip::tcp::socket socket;
    std::size_t user;  // of a closed loop
    State state = State::closed;
    bool is_new = true;         // of a closed loop: connects before its user's first request
    bool has_request = false;   // `sample` waits for an answer, or for the connection
    bool is_writing = false;    // a request too long to be written at once
    std::uint64_t opening = 0;  // grows with each closing: handlers of an older one do nothing
    std::uint64_t request = 0;  // grows with each request: so do their deadlines
    std::int64_t connecting_since_ns = 0;
    LoadSample sample;
    std::string message;
    std::optional<ResponseReader> reader;
    std::array<char, 16'384> received;
    std::size_t received_size = 0;
};

}  // namespace seawall::load
