#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/xml_cells.hpp"
#include "table/column.hpp"

namespace seawall::ingest {

/// Where the records of an XML document are.
struct XmlLayout {
    std::string record_element;  ///< local name; the outermost counts
    /// Absolute paths of leaves before the first record; each is a column of every record.
    std::vector<std::string> context;
};

/// Takes a document tag by tag, as a parser tells it, and gives its records as columns of texts.
/// Throws Error with the code only: where it is, its caller knows.
class XmlRecords {
  public:
    explicit XmlRecords(XmlLayout layout);

    void start(const char* name, XmlAttributes attributes);
    void text(std::string_view piece);
    void end();
    /// What is no tag and no text, such as a comment.
    void other(std::size_t bytes);
    /// Throws Error(source_unreadable) when the document had no record.
    void finish() const;

    /// Rises with all that is read, except that it stands still in a record that is open.
    std::uint64_t progress() const { return progress_; }
    std::size_t record_count() const { return cells_.record_count(); }
    /// What the finished records take, absent cells included.
    std::size_t cell_count() const { return cells_.cell_count(); }
    /// The finished records that were not taken yet.
    Table take();

  private:
    /// An element around the records, by its local name.
    struct Name {
        std::string name;
        std::size_t count = 0;
        bool has_elements = false;
    };
    struct Open {
        std::string path;
        std::size_t name = 0;
        ByText<std::size_t> inside;  ///< how many of each name
    };

    void start_around(std::string_view name, XmlAttributes attributes);
    void enter_record(XmlAttributes attributes);
    std::size_t named(std::string_view name);
    std::string elements() const;

    XmlLayout layout_;
    XmlCells cells_;
    bool in_record_ = false;
    bool has_records_ = false;
    std::uint64_t progress_ = 0;
    std::string text_;  ///< since the last tag around the records
    std::vector<Open> open_{1};
    std::vector<Name> names_;
    ByText<std::size_t> name_index_;
    ByText<std::string> context_;
};

}  // namespace seawall::ingest
