#pragma once

#include <string>
#include <string_view>

namespace seawall {

/// Appends `utf8` as a JSON string in quotes, escaped exactly as RFC 8785, section 3.2.2.2.
/// Throws Error(invalid_input) at the first byte that is not UTF-8 (RFC 3629), and appends nothing.
void append_json_string(std::string& out, std::string_view utf8);

}  // namespace seawall
