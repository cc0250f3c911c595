#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "table/column.hpp"

namespace seawall::ingest {

/// Levels of elements around a record, and again from it down.
inline constexpr std::size_t max_xml_depth = 64;
/// Different paths below the record element; also different names around it.
inline constexpr std::size_t max_xml_columns = 4096;
/// What one record, text or tag may take.
inline constexpr std::size_t max_xml_record_bytes = std::size_t{16} << 20U;
/// The longest text of a context: every record gets it.
inline constexpr std::size_t max_xml_context_bytes = 4096;

/// Names and values by turns, ended by a null pointer: as expat gives them.
using XmlAttributes = const char* const*;

/// The part of an expanded name ("urn:tape}loan") behind its namespace.
std::string_view local_name(std::string_view expanded_name);

/// Throws Error(limit_exceeded) past max_xml_record_bytes.
void check_xml_size(std::size_t bytes);

/// Keys that are looked up by parts of other texts, without a copy.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};
template <typename Value>
using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// The cells of XML records, named by their paths; every element of a tape passes through here.
///
/// The column of a leaf is its path below the record element ("property[2]/city"), of an attribute
/// "property/@code", of the record element's own text ".". An empty element is an empty cell, an
/// absent one is absent. Throws Error with the code only: where it is, its caller knows.
class XmlCells {
  public:
    XmlCells();

    void enter_record(XmlAttributes attributes);
    void start(const char* name, XmlAttributes attributes);
    void text(std::string_view piece) {
        count(piece.size());
        text_ += piece;
    }
    /// Whether the record has ended.
    bool end();
    /// Bytes of the record that are no text of it, such as a comment's.
    void count(std::size_t bytes) { check_xml_size(record_bytes_ += bytes); }

    /// Finished records that were not taken yet.
    std::size_t record_count() const { return record_count_; }
    /// What their columns take, absent cells included.
    std::size_t cell_count() const { return record_count_ * column_count_; }
    /// The columns of the finished records, in the order in which their paths were first seen.
    std::vector<Column> take();

  private:
    /// A path below the record element, and the paths under it.
    struct Path {
        Path(Path* above_path, std::string last_step, const std::string& whole, std::size_t level)
            : above(above_path),
              step(std::move(last_step)),
              depth(level),
              cells(whole, ColumnType::text) {}

        const std::string& column() const { return cells.name(); }

        Path* above;
        std::string step;  ///< the last name of it, of an attribute with its @
        std::size_t depth;
        Column cells;  ///< of the batch's records; the last ones may lack
        std::int64_t last_record = -1;
        Path* next = nullptr;        ///< the path that followed it last time, likely the next again
        ByText<Path*> below;         ///< by their steps, without numbers
        std::vector<Path*> again;    ///< the second and later siblings of the name
        std::size_t again_used = 0;  ///< of these by the record
        std::string mixed;           ///< text beside the elements in it
    };

    /// Of the record that is open.
    struct Cell {
        Path* path;
        std::size_t begin;
        std::size_t end;
    };

    Path* make(Path* above, std::string step, const std::string& column);
    Path* find(Path* above, std::string_view step);
    Path* sibling(Path* first);
    void put_attributes(XmlAttributes attributes);
    void put_text();
    void keep_mixed();
    void end_record();

    std::deque<Path> paths_;
    Path* root_;
    Path* path_;              ///< of the open element
    Path* last_;              ///< that was begun last
    bool is_leaf_ = true;     ///< no element has ended or begun inside the open one
    std::string text_;        ///< of the open record's cells, one after the other
    std::size_t begin_ = 0;   ///< of the text since the last tag
    std::vector<Cell> open_;  ///< cells of the open record
    std::size_t record_bytes_ = 0;
    std::int64_t record_ = 0;  ///< number of the open record
    std::size_t record_count_ = 0;
    std::size_t column_count_ = 0;  ///< columns with a cell in a finished record
    std::string step_;              ///< of an attribute
};

}  // namespace seawall::ingest
