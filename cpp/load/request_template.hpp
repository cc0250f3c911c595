#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seawall::load {

/// Stands in a path or body for the request's number.
inline constexpr std::string_view sequence_mark = "{{sequence}}";

/// A request as a load profile states it.
struct RequestText {
    std::string method;
    std::string path;  // with the query
    std::string host;  // of the Host field
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;  // empty: none is sent
};

/// A request's bytes, to be written again and again.
class RequestTemplate {
  public:
    /// Throws Error(invalid_input) on what would not be one request.
    RequestTemplate(const RequestText& text, const std::string& where);

    /// The bytes of one request; `scratch` holds them where they depend on the number.
    std::string_view bytes(std::uint64_t sequence, std::string& scratch) const;

  private:
    std::vector<std::string> target_;  // between two pieces stands the number
    std::string fields_;
    std::vector<std::string> body_;
    bool has_length_;    // RFC 9110, section 8.6: an empty POST says so
    std::string fixed_;  // the whole where there is no number
};

}  // namespace seawall::load
