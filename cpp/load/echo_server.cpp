#include "load/echo_server.hpp"

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

#include "load/message_reader.hpp"

namespace seawall::load {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;

constexpr std::uint64_t body_limit_bytes = 1U << 30U;

class Client : public std::enable_shared_from_this<Client> {
  public:
    Client(tcp::socket socket, const std::string& answer, std::atomic<std::uint64_t>& count)
        : socket_(std::move(socket)), answer_(answer), count_(count) {}

    void receive() {
        socket_.async_read_some(asio::buffer(received_.data() + size_, received_.size() - size_),
                                [self = shared_from_this()](const Code& code, std::size_t size) {
                                    if (!code) self->read(size);
                                });
    }

  private:
    void read(std::size_t size) {
        size_ += size;
        Code code;
        if (!reader_) reader_.emplace(MessageWish{.body_limit_bytes = body_limit_bytes});
        RequestReader& reader = *reader_;
        const std::size_t used = reader.put(asio::const_buffer(received_.data(), size_), code);
        size_ -= used;
        std::memmove(received_.data(), received_.data() + used, size_);
        if (code && code != boost::beast::http::error::need_more) return;
        if (size_ == received_.size()) return;
        if (reader.is_done()) {
            reader_.reset();
            count_.fetch_add(1, std::memory_order_relaxed);
            asio::async_write(socket_, asio::buffer(answer_),
                              [self = shared_from_this()](const Code& failure, std::size_t) {
                                  if (!failure) self->receive();
                              });
        } else {
            receive();
        }
    }

    tcp::socket socket_;
    const std::string& answer_;
    std::atomic<std::uint64_t>& count_;
    std::optional<RequestReader> reader_;
    std::array<char, 16'384> received_;
    std::size_t size_ = 0;
};

}  // namespace

struct EchoServer::Parts {
    explicit Parts(const EchoOptions& options)
        : answer("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(options.body_bytes) +
                 "\r\n\r\n" + std::string(options.body_bytes, 'x')),
          acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        acceptor.listen(4096);
        accept();
        thread = std::jthread([this] { context.run(); });
    }

    void accept() {
        acceptor.async_accept([this](const Code& code, tcp::socket socket) {
            if (code) return;
            Code ignored;
            std::ignore = socket.set_option(tcp::no_delay(true), ignored);
            std::make_shared<Client>(std::move(socket), answer, count)->receive();
            accept();
        });
    }

    std::string answer;
    std::atomic<std::uint64_t> count{0};
    asio::io_context context{1};
    tcp::acceptor acceptor;
    std::jthread thread;
};

EchoServer::EchoServer(const EchoOptions& options) : parts_(std::make_unique<Parts>(options)) {}

EchoServer::~EchoServer() {
    close();
}

std::uint16_t EchoServer::port() const {
    return parts_->acceptor.local_endpoint().port();
}

std::uint64_t EchoServer::request_count() const {
    return parts_->count.load();
}

void EchoServer::close() {
    parts_->context.stop();
    if (parts_->thread.joinable()) parts_->thread.join();
}

}  // namespace seawall::load
