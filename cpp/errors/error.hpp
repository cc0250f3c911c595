#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace seawall {

/// What went wrong, as a caller can act on it. Each code has one Python exception class or code
/// text.
enum class ErrorCode {
    invalid_input,      ///< a value or shape the function cannot accept
    invalid_profile,    ///< a tape profile that contradicts itself
    source_unreadable,  ///< bytes that are not the format they claim to be
    limit_exceeded,     ///< a stated maximum is passed (depth, size, count)
    currency_mixed,     ///< money of several currencies would be added up
    cancelled,          ///< the caller asked to stop
};

constexpr std::string_view code_name(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_input:
            return "invalid_input";
        case ErrorCode::invalid_profile:
            return "invalid_profile";
        case ErrorCode::source_unreadable:
            return "source_unreadable";
        case ErrorCode::limit_exceeded:
            return "limit_exceeded";
        case ErrorCode::currency_mixed:
            return "currency_mixed";
        case ErrorCode::cancelled:
            return "cancelled";
    }
    return "invalid_input";
}

/// A failure with a code and the place it concerns, such as "records[17].principal".
class Error : public std::runtime_error {
  public:
    Error(ErrorCode code, std::string where, const std::string& message)
        : std::runtime_error(message), code_(code), where_(std::move(where)) {}

    ErrorCode code() const noexcept { return code_; }
    const std::string& where() const noexcept { return where_; }

  private:
    ErrorCode code_;
    std::string where_;
};

[[noreturn]] inline void refuse_input(std::string where, const std::string& message) {
    throw Error(ErrorCode::invalid_input, std::move(where), message);
}

/// "name[i]".
inline std::string place_of(std::string_view name, std::size_t i) {
    return std::string(name) + "[" + std::to_string(i) + "]";
}

[[noreturn]] inline void refuse_input(std::string_view name, std::size_t i,
                                      const std::string& message) {
    refuse_input(place_of(name, i), message);
}

}  // namespace seawall
