#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/tape_profile.hpp"

namespace seawall::ingest {

/// The profile's paths as a tree of canonical keys, so that a record is matched key by key.
class PathTree {
  public:
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
    static constexpr std::size_t record_root = 0;

    struct Target {
        std::size_t index = 0;     ///< of the field or the list
        std::size_t priority = 0;  ///< of the path among the aliases
    };
    struct Node {
        std::vector<std::pair<std::string, std::size_t>> children;
        std::vector<Target> fields;
        std::vector<Target> lists;
        bool marks_kind = false;  ///< one of the profile's only_with
    };

    explicit PathTree(const TapeProfile& profile);

    const Node& node(std::size_t index) const { return nodes_[index]; }
    std::size_t list_root(std::size_t list) const { return list_roots_[list]; }
    std::size_t child(std::size_t parent, std::string_view key) const;
    /// A node whose only child is `key`, which stands for the record's root.
    std::size_t wrap_root(std::string_view key);

  private:
    std::size_t grow(std::size_t from, std::string_view path);
    void add_fields(std::size_t root, const std::vector<FieldRules>& fields);

    std::vector<Node> nodes_;
    std::vector<std::size_t> list_roots_;
};

}  // namespace seawall::ingest
