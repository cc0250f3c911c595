#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace seawall::load {

struct EchoOptions {
    std::size_t body_bytes = 0;  // of each answer
};

/// A server on a free port of the loopback address that does nothing but answer: against it, a load
/// shows how much the client itself can do.
class EchoServer {
  public:
    explicit EchoServer(const EchoOptions& options);
    ~EchoServer();
    EchoServer(const EchoServer&) = delete;
    EchoServer& operator=(const EchoServer&) = delete;

    std::uint16_t port() const;
    std::uint64_t request_count() const;
    void close();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace seawall::load
