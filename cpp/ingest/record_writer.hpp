#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "ingest/captured_record.hpp"
#include "ingest/cell.hpp"
#include "ingest/field_set.hpp"
#include "ingest/growing_table.hpp"
#include "ingest/rejects.hpp"
#include "ingest/rules.hpp"
#include "ingest/tape_profile.hpp"
#include "table/column.hpp"

namespace seawall::ingest {

/// One cell as it was read, for a person who asks where a figure comes from.
struct ExplainedCell {
    std::string field;
    std::string raw;
    std::string value;
    CellValue::State state = CellValue::State::absent;
    RuleSet applied;
    std::string reason;
};

/// Normalised columns of a source. A field has a column where any record that could be read has a
/// cell of it, if only a refused one; where it is required or has a default, always.
struct NormalisedTables {
    Table records;             ///< record, source_row, the profile's fields, rules_applied
    std::vector<Table> lists;  ///< per list of the profile: record, element, the list's fields
    Rejects rejects;
    std::set<std::string> unread;  ///< keys that the profile does not name, by their paths
    /// How often each rule touched each field: [field][rule], the record fields first, then each
    /// list's, last what concerns a whole record.
    std::vector<std::uint64_t> rule_uses;
};

/// What a run of records gives, as it is read. Runs are appended in order to give the whole source.
struct NormalisedRun {
    GrowingTable records;
    std::vector<GrowingTable> lists;
    Rejects rejects;
    std::set<std::string> unread;
    std::vector<std::uint64_t> rule_uses;

    explicit NormalisedRun(const TapeProfile& profile);
    void append(NormalisedRun&& next);
    NormalisedTables finish() &&;
};

/// The names of rule_uses' first index: "principal", "instruments.principal", …, "record".
std::vector<std::string> rule_use_names(const TapeProfile& profile);

/// Reads captured records by the profile's rules and appends them to a run. One per thread.
class RecordWriter {
  public:
    explicit RecordWriter(const TapeProfile& profile);

    void write(const CapturedRecord& captured, std::int64_t record, std::int64_t source_row,
               NormalisedRun& out);

    /// The same reading, told cell by cell instead of stored.
    std::vector<ExplainedCell> explain(const CapturedRecord& captured);

  private:
    struct Place {
        std::int64_t record;
        std::int64_t source_row;
    };

    void reject_problem(const CapturedProblem& problem, RefusedPart part, Place place,
                        NormalisedRun& out) const;
    bool read_fields(const CapturedRecord& captured, Place place, NormalisedRun& out);
    void write_lists(const CapturedRecord& captured, Place place, NormalisedRun& out);
    void write_element(const CapturedRecord& captured, const CapturedElement& element,
                       std::int64_t position, Place place, NormalisedRun& out);
    void lay_out(const CapturedRecord& captured, const CapturedElement& element);
    void count(NormalisedRun& out, std::size_t field, RuleSet applied) const;
    void count(NormalisedRun& out, std::size_t field, Rule rule) const;

    const TapeProfile& profile_;
    std::vector<std::size_t> list_field_begin_;  ///< of each list in rule_uses
    std::size_t record_slot_ = 0;                ///< of whole records in rule_uses
    FieldSet always_read_;                       ///< record fields that need no cell to be read
    FieldSet read_;                              ///< those of the record at hand
    std::vector<CellValue> values_;              ///< absent where a field is not read
    std::vector<RawCell> element_cells_;         ///< of the element at hand, by field
    std::vector<CellValue> element_values_;
    RuleSet applied_;
};

}  // namespace seawall::ingest
