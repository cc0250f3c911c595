#pragma once

#include <string>

namespace seawall {

/// Appends a finite number exactly as RFC 8785, section 3.2.2.3, which is ECMAScript's
/// Number::toString: the fewest digits that read back as the same double.
void append_json_number(std::string& out, double finite);

}  // namespace seawall
