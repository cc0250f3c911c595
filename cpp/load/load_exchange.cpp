// The way of one request over its connection; who sends it and when is in load_worker.cpp.
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <tuple>

#include "load/load_worker.hpp"

namespace seawall::load {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using State = LoadConnection::State;

bool is_right_status(const RequestKind& kind, int status) {
    if (kind.statuses.empty()) return status >= 200 && status < 400;
    for (const int right : kind.statuses) {
        if (status == right) return true;
    }
    return false;
}

}  // namespace

void LoadWorker::close(LoadConnection& connection) {
    Code ignored;
    std::ignore = connection.socket.close(ignored);
    connection.state = State::closed;
    connection.is_writing = false;
    ++connection.opening;
}

void LoadWorker::begin(LoadConnection& connection, const LoadSample& sample) {
    connection.sample = sample;
    connection.has_request = true;
    ++connection.request;
    ++busy_count_;
    const auto timeout = std::chrono::duration<double>(plan_.timeout_s);
    const std::int64_t deadline_ns =
        sample.intended_ns + std::chrono::duration_cast<std::chrono::nanoseconds>(timeout).count();
    deadlines_.push_back({deadline_ns, &connection, connection.request});
    arm(deadline_ns);
    if (connection.state == State::closed) {
        connect(connection);
    } else {
        send(connection);
    }
}

void LoadWorker::connect(LoadConnection& connection) {
    connection.state = State::connecting;
    connection.received_size = 0;
    connection.connecting_since_ns = now_ns();
    connection.socket.async_connect(
        shared_.endpoint, [this, &connection, opening = connection.opening](const Code& code) {
            if (opening == connection.opening) on_connected(connection, code);
        });
}

void LoadWorker::on_connected(LoadConnection& connection, const Code& code) {
    Code refused = code;
    if (!refused) refused = connection.socket.non_blocking(true, refused);
    if (!refused) {
        refused = connection.socket.set_option(asio::ip::tcp::no_delay(true), refused);
    }
    if (refused) {
        finish(connection, Outcome::connect_failed, false);
        return;
    }
    connect_ns.push_back(now_ns() - connection.connecting_since_ns);
    const std::uint64_t opening = connection.opening;
    if (connection.has_request) {
        send(connection);
    } else {
        finish(connection, Outcome::ok, true);
    }
    if (opening == connection.opening) receive(connection);
}

void LoadWorker::send(LoadConnection& connection) {
    LoadSample& sample = connection.sample;
    const auto kind = static_cast<std::size_t>(sample.kind);
    const RequestText& text = plan_.requests[kind].text;
    connection.reader.emplace(MessageWish{.body_limit_bytes = plan_.response_limit_bytes,
                                          .text = plan_.requests[kind].wanted_text,
                                          .is_without_body = text.method == "HEAD"});
    connection.state = State::busy;
    const std::string_view message = shared_.templates[kind].bytes(
        plan_.first_sequence + static_cast<std::uint64_t>(sample.number), connection.message);
    sample.sent_ns = now_ns();
    Code code;
    const std::size_t written =
        connection.socket.write_some(asio::buffer(message.data(), message.size()), code);
    if (code && code != asio::error::would_block) {
        finish(connection, Outcome::connection_closed, false);
    } else if (written < message.size()) {
        send_rest(connection, message.substr(written));
    }
}

void LoadWorker::send_rest(LoadConnection& connection, std::string_view rest) {
    connection.is_writing = true;
    asio::async_write(
        connection.socket, asio::buffer(rest.data(), rest.size()),
        [this, &connection, opening = connection.opening](const Code& code,
                                                          std::size_t /*written*/) {
            if (opening != connection.opening) return;
            connection.is_writing = false;
            // What the server said before it closed is still to be read.
            if (code && code != asio::error::broken_pipe && code != asio::error::connection_reset) {
                finish(connection, Outcome::connection_closed, false);
            }
        });
}

void LoadWorker::receive(LoadConnection& connection) {
    connection.socket.async_read_some(
        asio::buffer(connection.received.data() + connection.received_size,
                     connection.received.size() - connection.received_size),
        [this, &connection, opening = connection.opening](const Code& code, std::size_t size) {
            if (opening == connection.opening) on_received(connection, code, size);
        });
}

void LoadWorker::on_received(LoadConnection& connection, const Code& code, std::size_t size) {
    const std::uint64_t opening = connection.opening;
    if (!connection.has_request || !connection.reader) {
        close(connection);  // the server's right while nothing is under way
        return;
    }
    connection.sample.received_bytes += static_cast<std::int64_t>(size);
    if (code) {
        Code ending;
        ResponseReader& reader = *connection.reader;
        if (code == asio::error::eof && reader.got_some()) reader.put_eof(ending);
        if (reader.is_done()) {
            finish_answer(connection, reader);
        } else {
            finish(connection, Outcome::connection_closed, false);
        }
        return;
    }
    connection.received_size += size;
    read_answer(connection, *connection.reader);
    if (opening == connection.opening) receive(connection);
}

void LoadWorker::read_answer(LoadConnection& connection, ResponseReader& reader) {
    char* const start = connection.received.data();
    Code code;
    std::size_t used = 0;
    while (!code && used < connection.received_size && !reader.is_done()) {
        used += reader.put(asio::const_buffer(start + used, connection.received_size - used), code);
    }
    connection.received_size -= used;
    std::memmove(start, start + used, connection.received_size);
    if (reader.is_done()) {
        if (!reader.is_interim()) {
            finish_answer(connection, reader);
            return;
        }
        const auto kind = static_cast<std::size_t>(connection.sample.kind);
        const RequestKind& wanted = plan_.requests[kind];
        ResponseReader& next =
            connection.reader.emplace(MessageWish{.body_limit_bytes = plan_.response_limit_bytes,
                                                  .text = wanted.wanted_text,
                                                  .is_without_body = wanted.text.method == "HEAD"});
        if (connection.received_size > 0) read_answer(connection, next);
        return;
    }
    const bool is_full = connection.received_size == connection.received.size();
    if (code == http::error::body_limit) {
        finish(connection, Outcome::response_too_large, false);
    } else if (is_full || (code && code != http::error::need_more)) {
        finish(connection, Outcome::malformed_response, false);
    }
}

void LoadWorker::finish_answer(LoadConnection& connection, const ResponseReader& reader) {
    connection.sample.status = reader.status();
    const RequestKind& kind = plan_.requests[static_cast<std::size_t>(connection.sample.kind)];
    // A second answer to one request, or one that came before its request was whole.
    const bool is_alone = connection.received_size == 0;
    const bool is_reusable = is_alone && reader.keep_alive() && !connection.is_writing;
    if (!is_alone) {
        finish(connection, Outcome::malformed_response, false);
    } else if (!is_right_status(kind, reader.status())) {
        finish(connection, Outcome::unexpected_status, is_reusable);
    } else if (!reader.has_text()) {
        finish(connection, Outcome::missing_text, is_reusable);
    } else {
        finish(connection, Outcome::ok, is_reusable);
    }
}

}  // namespace seawall::load
