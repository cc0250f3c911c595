#pragma once

#include <memory>
#include <string_view>

#include "ingest/captured_record.hpp"
#include "ingest/tape_profile.hpp"

namespace seawall::ingest {

/// How a record's bytes are laid out.
enum class RecordForm {
    json_object,  ///< the record itself
    table_row,    ///< {"cells":{column: text, …},"file_sha256":…,"row":…}, see encode_table_row
};

/// Takes records apart in one pass without building a tree. Not for use by two threads at once.
class RecordReader {
  public:
    /// The profile must outlive the reader.
    RecordReader(const TapeProfile& profile, RecordForm form);
    ~RecordReader();
    RecordReader(const RecordReader&) = delete;
    RecordReader& operator=(const RecordReader&) = delete;
    RecordReader(RecordReader&&) = delete;
    RecordReader& operator=(RecordReader&&) = delete;

    /// Never throws on bad bytes: what is wrong with the record stands in out.record_problem.
    void read(std::string_view bytes, CapturedRecord& out);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace seawall::ingest
