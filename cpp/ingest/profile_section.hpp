#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "errors/error.hpp"

namespace seawall::ingest {

[[noreturn]] inline void refuse_profile(const std::string& where, const std::string& message) {
    throw Error(ErrorCode::invalid_profile, where, message);
}

/// A JSON object of the profile with the place it stands at, for messages.
class ProfileSection {
  public:
    ProfileSection(const boost::json::value& value, std::string where) : where_(std::move(where)) {
        if (!value.is_object()) refuse_profile(where_, "must be a table");
        object_ = &value.get_object();
    }

    std::string where(std::string_view key) const {
        return where_.empty() ? std::string(key) : where_ + "." + std::string(key);
    }

    /// Nothing when the key is absent or null.
    const boost::json::value* find(std::string_view key) const {
        const boost::json::value* value = object_->if_contains(key);
        return value == nullptr || value->is_null() ? nullptr : value;
    }

    std::optional<std::string> text(std::string_view key) const {
        const boost::json::value* value = find(key);
        if (value == nullptr) return std::nullopt;
        if (!value->is_string()) refuse_profile(where(key), "must be a text");
        return std::string(value->get_string());
    }

    std::string required_text(std::string_view key) const {
        auto value = text(key);
        if (!value || value->empty()) refuse_profile(where(key), "is required");
        return *std::move(value);
    }

    bool flag(std::string_view key) const {
        const boost::json::value* value = find(key);
        if (value == nullptr) return false;
        if (!value->is_bool()) refuse_profile(where(key), "must be true or false");
        return value->get_bool();
    }

    std::optional<double> number(std::string_view key) const {
        const boost::json::value* value = find(key);
        if (value == nullptr) return std::nullopt;
        if (!value->is_number()) refuse_profile(where(key), "must be a number");
        return value->to_number<double>();
    }

    std::vector<std::string> texts(std::string_view key) const {
        std::vector<std::string> result;
        const boost::json::value* value = find(key);
        if (value == nullptr) return result;
        if (!value->is_array()) refuse_profile(where(key), "must be a list of texts");
        for (const boost::json::value& item : value->get_array()) {
            if (!item.is_string()) refuse_profile(where(key), "must be a list of texts");
            result.emplace_back(item.get_string());
        }
        return result;
    }

    std::vector<ProfileSection> sections(std::string_view key) const {
        std::vector<ProfileSection> result;
        const boost::json::value* value = find(key);
        if (value == nullptr) return result;
        if (!value->is_array()) refuse_profile(where(key), "must be a list of tables");
        for (const boost::json::value& item : value->get_array()) {
            result.emplace_back(item, where(key) + "[" + std::to_string(result.size()) + "]");
        }
        return result;
    }

  private:
    const boost::json::object* object_ = nullptr;
    std::string where_;
};

}  // namespace seawall::ingest
