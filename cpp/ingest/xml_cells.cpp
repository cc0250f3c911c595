#include "ingest/xml_cells.hpp"

#include <utility>

#include "errors/error.hpp"

namespace seawall::ingest {
namespace {

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

std::string_view local_name(std::string_view expanded_name) {
    return expanded_name.substr(expanded_name.rfind('}') + 1);  // npos + 1 is 0
}

void check_xml_size(std::size_t bytes) {
    if (bytes <= max_xml_record_bytes) return;
    throw Error(ErrorCode::limit_exceeded, "",
                "a record, text or tag takes more than " +
                    std::to_string(max_xml_record_bytes >> 20U) + " MiB");
}

XmlCells::XmlCells() : root_(make(nullptr, "", ".")), path_(root_), last_(root_) {}

void XmlCells::enter_record(XmlAttributes attributes) {
    is_leaf_ = true;
    path_ = last_ = root_;
    put_attributes(attributes);
}

void XmlCells::start(const char* name, XmlAttributes attributes) {
    keep_mixed();
    const std::string_view expanded = name;
    count(expanded.size());
    const std::string_view step = local_name(expanded);
    Path* const likely = last_->next;
    Path* next = likely;
    // A tape's records mostly have the same elements in the same order.
    if (likely == nullptr || likely->above != path_ || likely->step != step) {
        next = find(path_, step);
        last_->next = next;
    }
    if (next->last_record == record_) {
        next = sibling(next);
    } else {
        next->again_used = 0;
    }
    next->last_record = record_;
    path_ = last_ = next;
    is_leaf_ = true;
    put_attributes(attributes);
}

bool XmlCells::end() {
    if (is_leaf_) {
        is_leaf_ = false;
        put_text();
    } else {
        keep_mixed();
        if (!path_->mixed.empty()) {
            text_ += path_->mixed;
            path_->mixed.clear();
            put_text();
        }
    }
    if (path_ == root_) {
        end_record();
        return true;
    }
    path_ = path_->above;
    return false;
}

std::vector<Column> XmlCells::take() {
    std::vector<Column> columns;
    columns.reserve(column_count_);
    for (Path& path : paths_) {
        if (path.cells.size() == 0) continue;
        while (path.cells.size() < record_count_) path.cells.push_absent();
        columns.push_back(std::exchange(path.cells, Column(path.column(), ColumnType::text)));
    }
    record_count_ = 0;
    column_count_ = 0;
    return columns;
}

XmlCells::Path* XmlCells::make(Path* above, std::string step, const std::string& column) {
    if (paths_.size() == max_xml_columns) {
        throw Error(
            ErrorCode::limit_exceeded, "",
            "records have more than " + std::to_string(max_xml_columns) + " different paths");
    }
    const std::size_t depth = above == nullptr ? 1 : above->depth + 1;
    if (depth > max_xml_depth) {
        throw Error(
            ErrorCode::limit_exceeded, "",
            "elements lie more than " + std::to_string(max_xml_depth) + " deep in a record");
    }
    return &paths_.emplace_back(above, std::move(step), column, depth);
}

XmlCells::Path* XmlCells::find(Path* above, std::string_view step) {
    const auto found = above->below.find(step);
    if (found != above->below.end()) return found->second;
    std::string column(step);
    if (above != root_) column = above->column() + "/" + column;
    Path* const path = make(above, std::string(step), column);
    above->below.emplace(step, path);
    return path;
}

XmlCells::Path* XmlCells::sibling(Path* first) {
    if (first->again_used == first->again.size()) {
        const std::string number = "[" + std::to_string(first->again.size() + 2) + "]";
        first->again.push_back(make(first->above, first->step, first->column() + number));
    }
    return first->again[first->again_used++];
}

void XmlCells::put_attributes(XmlAttributes attributes) {
    for (; *attributes != nullptr; attributes += 2) {
        const std::string_view name = attributes[0];
        const std::string_view value = attributes[1];
        step_ = '@';
        step_ += local_name(name);
        Path* const path = find(path_, step_);
        if (path->last_record == record_) {
            throw Error(ErrorCode::source_unreadable, "",
                        "two attributes are \"" + path->column() + "\" without their namespaces");
        }
        path->last_record = record_;
        count(name.size() + value.size());
        text_ += value;
        open_.push_back({.path = path, .begin = begin_, .end = text_.size()});
        begin_ = text_.size();
    }
}

void XmlCells::put_text() {
    open_.push_back({.path = path_, .begin = begin_, .end = text_.size()});
    begin_ = text_.size();
}

void XmlCells::keep_mixed() {
    if (text_.size() == begin_) return;
    const std::string_view text = std::string_view(text_).substr(begin_);
    if (!is_blank(text)) path_->mixed += text;
    text_.resize(begin_);
}

void XmlCells::end_record() {
    for (const Cell& cell : open_) {
        Column& cells = cell.path->cells;
        if (cells.size() == 0) ++column_count_;
        while (cells.size() < record_count_) cells.push_absent();
        cells.push(std::string_view(text_).substr(cell.begin, cell.end - cell.begin));
    }
    open_.clear();
    text_.clear();
    begin_ = 0;
    record_bytes_ = 0;
    ++record_;
    ++record_count_;
}

}  // namespace seawall::ingest
