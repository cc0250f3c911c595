#pragma once

#include <string>
#include <string_view>

namespace seawall::ingest {

/// Writes the canonical form of a key: each run of characters outside [A-Za-z0-9] becomes "_",
/// outer
/// "_" go, letters become lower case; an empty result is "_". Returns whether that changed the key.
inline bool canonicalise_key(std::string_view key, std::string& out) {
    out.clear();
    for (const char c : key) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            out.push_back(c);
        } else if (c >= 'A' && c <= 'Z') {
            out.push_back(static_cast<char>(c - 'A' + 'a'));
        } else if (!out.empty() && out.back() != '_') {
            out.push_back('_');
        }
    }
    if (!out.empty() && out.back() == '_') out.pop_back();
    if (out.empty()) out.push_back('_');
    return out != key;
}

}  // namespace seawall::ingest
