#include "ingest/xml_records.hpp"

#include <algorithm>
#include <utility>

#include "errors/error.hpp"

namespace seawall::ingest {
namespace {

constexpr std::size_t shown_names = 5;

}  // namespace

XmlRecords::XmlRecords(XmlLayout layout) : layout_(std::move(layout)) {}

void XmlRecords::start(const char* name, XmlAttributes attributes) {
    if (in_record_) {
        cells_.start(name, attributes);
    } else {
        start_around(name, attributes);
    }
}

void XmlRecords::text(std::string_view piece) {
    if (in_record_) {
        cells_.text(piece);
        return;
    }
    ++progress_;
    text_ += piece;
    check_xml_size(text_.size());
}

void XmlRecords::end() {
    if (in_record_) {
        if (!cells_.end()) return;
        in_record_ = false;
        ++progress_;
        return;
    }
    ++progress_;
    const Open closed = std::move(open_.back());
    open_.pop_back();
    const auto is_context = [&] {
        const auto& paths = layout_.context;
        return std::find(paths.begin(), paths.end(), closed.path) != paths.end();
    };
    if (!closed.inside.empty()) {
        names_[closed.name].has_elements = true;
    } else if (!has_records_ && is_context()) {
        if (text_.size() > max_xml_context_bytes) {
            throw Error(ErrorCode::limit_exceeded, "",
                        "the context " + closed.path + " has more than " +
                            std::to_string(max_xml_context_bytes) + " bytes");
        }
        context_[closed.path] = text_;
    }
    text_.clear();
}

void XmlRecords::other(std::size_t bytes) {
    if (in_record_) {
        cells_.count(bytes);
    } else {
        ++progress_;
    }
}

void XmlRecords::finish() const {
    if (has_records_) return;
    const std::string& wanted = layout_.record_element;
    const std::string missing =
        wanted.empty() ? "the profile names no record_element"
                       : "there is no element \"" + wanted + "\", the profile's record_element";
    throw Error(ErrorCode::source_unreadable, "", missing + "; the document " + elements());
}

Table XmlRecords::take() {
    const std::size_t count = record_count();
    Table table{.columns = cells_.take()};
    for (const std::string& path : layout_.context) {
        Column& column = table.columns.emplace_back(path, ColumnType::text);
        for (std::size_t row = 0; row < count; ++row) column.push(context_[path]);
    }
    return table;
}

void XmlRecords::start_around(std::string_view name, XmlAttributes attributes) {
    ++progress_;
    text_.clear();
    std::size_t tag_bytes = name.size();
    for (XmlAttributes part = attributes; *part != nullptr; ++part) {
        tag_bytes += std::string_view(*part).size();
    }
    check_xml_size(tag_bytes);
    name = local_name(name);
    auto& inside = open_.back().inside;
    auto count = inside.find(name);
    if (count == inside.end()) count = inside.emplace(name, 0).first;
    ++count->second;
    if (name == layout_.record_element) {
        enter_record(attributes);
        return;
    }
    const std::size_t index = named(name);
    ++names_[index].count;
    if (open_.size() > max_xml_depth) {
        throw Error(ErrorCode::limit_exceeded, "",
                    "elements lie more than " + std::to_string(max_xml_depth) + " deep");
    }
    std::string path = open_.back().path + "/" + std::string(name);
    if (count->second > 1) path += "[" + std::to_string(count->second) + "]";
    open_.push_back({.path = std::move(path), .name = index, .inside = {}});
}

void XmlRecords::enter_record(XmlAttributes attributes) {
    if (!has_records_) {
        has_records_ = true;
        for (const std::string& path : layout_.context) {
            if (context_.contains(path)) continue;
            throw Error(ErrorCode::source_unreadable, "",
                        "there is no element \"" + path +
                            "\" before the first record, or it has others in it");
        }
    }
    in_record_ = true;
    cells_.enter_record(attributes);
}

/// The index of an element's name, new or known.
std::size_t XmlRecords::named(std::string_view name) {
    const auto known = name_index_.find(name);
    if (known != name_index_.end()) return known->second;
    if (names_.size() == max_xml_columns) {
        throw Error(
            ErrorCode::limit_exceeded, "",
            "there are more than " + std::to_string(max_xml_columns) + " different elements");
    }
    name_index_.emplace(name, names_.size());
    names_.push_back({.name = std::string(name)});
    return names_.size() - 1;
}

/// What the document has, for whoever looks for its records: its outermost element, and the names
/// that are there most often. One of them may be the records'.
std::string XmlRecords::elements() const {
    std::vector<Name> likely;
    const auto take_if = [&](const auto& is_likely) {
        std::copy_if(names_.begin(), names_.end(), std::back_inserter(likely), is_likely);
    };
    // A record mostly has elements in it.
    take_if([](const Name& name) { return name.count > 1 && name.has_elements; });
    if (likely.empty()) take_if([](const Name& name) { return name.count > 1; });
    const bool is_repeated = !likely.empty();
    if (!is_repeated) likely = names_;
    std::stable_sort(likely.begin(), likely.end(),
                     [](const Name& a, const Name& b) { return a.count > b.count; });
    if (likely.size() > shown_names) likely.resize(shown_names);
    if (names_.empty()) return "is empty";
    std::string text = "is <" + names_.front().name + "> and ";
    text += is_repeated ? "repeats " : "repeats nothing: ";
    for (const Name& name : likely) {
        if (&name != &likely.front()) text += ", ";
        text += name.name;
        if (is_repeated) text += " (" + std::to_string(name.count) + ")";
    }
    return text;
}

}  // namespace seawall::ingest
