#include "ingest/path_tree.hpp"

namespace seawall::ingest {

PathTree::PathTree(const TapeProfile& profile) : nodes_(1) {
    add_fields(record_root, profile.fields);
    for (const ListRules& list : profile.lists) {
        for (std::size_t priority = 0; priority < list.paths.size(); ++priority) {
            const std::size_t at = grow(record_root, list.paths[priority]);
            nodes_[at].lists.push_back({.index = list_roots_.size(), .priority = priority});
        }
        list_roots_.push_back(nodes_.size());
        nodes_.emplace_back();
        add_fields(list_roots_.back(), list.fields);
    }
    for (const std::string& path : profile.only_with) {
        nodes_[grow(record_root, path)].marks_kind = true;
    }
    for (const std::string& key : profile.wrapper) {
        nodes_[record_root].children.emplace_back(key, record_root);
    }
}

std::size_t PathTree::child(std::size_t parent, std::string_view key) const {
    if (parent == nowhere) return nowhere;
    for (const auto& [name, index] : nodes_[parent].children) {
        if (name == key) return index;
    }
    return nowhere;
}

std::size_t PathTree::wrap_root(std::string_view key) {
    nodes_.emplace_back().children.emplace_back(key, record_root);
    return nodes_.size() - 1;
}

std::size_t PathTree::grow(std::size_t from, std::string_view path) {
    while (true) {
        const std::size_t dot = path.find('.');
        const std::string key(path.substr(0, dot));
        std::size_t next = child(from, key);
        if (next == nowhere) {
            next = nodes_.size();
            nodes_.emplace_back();
            nodes_[from].children.emplace_back(key, next);
        }
        from = next;
        if (dot == std::string_view::npos) return from;
        path.remove_prefix(dot + 1);
    }
}

void PathTree::add_fields(std::size_t root, const std::vector<FieldRules>& fields) {
    for (std::size_t field = 0; field < fields.size(); ++field) {
        for (std::size_t priority = 0; priority < fields[field].paths.size(); ++priority) {
            const std::size_t at = grow(root, fields[field].paths[priority]);
            nodes_[at].fields.push_back({.index = field, .priority = priority});
        }
    }
}

}  // namespace seawall::ingest
