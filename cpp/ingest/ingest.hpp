#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ingest/raw_records.hpp"
#include "ingest/record_reader.hpp"
#include "ingest/record_writer.hpp"
#include "ingest/tape_profile.hpp"
#include "numeric/thread_pool.hpp"
#include "provenance/merkle.hpp"

namespace seawall::ingest {

/// The most records one source may hold.
inline constexpr std::size_t max_records = 100'000'000;

struct IngestOptions {
    /// false: look at each record's key only, the columns come later.
    bool normalise = true;
    /// Whether the records are wanted again as blocks, to be stored.
    bool keep_blocks = false;
    /// Whether a record that is no object or has no key refuses all: the first one ends the
    /// reading, and what follows is only counted.
    bool whole_keys = false;
    ParallelOptions parallel;
};

struct IngestResult {
    std::size_t record_count = 0;
    std::size_t duplicate_keys = 0;
    NormalisedTables normalised;
    std::optional<Reject> keyless;  ///< what ended the reading, where whole keys were asked for
    std::vector<Digest> chunk_roots;
    Digest root{};
};

/// Reads, normalises and hashes the records of a source as they arrive; holds columns, not bytes.
/// The same bits on any thread count and however the records are cut into calls. Of two records
/// with one key the first is kept. Not for use again after it has thrown.
class IngestStream {
  public:
    IngestStream(const TapeProfile& profile, RecordForm form, const IngestOptions& options);
    ~IngestStream() = default;
    IngestStream(const IngestStream&) = delete;
    IngestStream& operator=(const IngestStream&) = delete;
    IngestStream(IngestStream&&) = delete;
    IngestStream& operator=(IngestStream&&) = delete;

    /// Takes the next records; their bytes may go when it returns. Throws Error(cancelled) when
    /// asked to stop, Error(limit_exceeded) past max_records.
    void add(const RawRecords& records);

    /// The blocks that were completed since the last call.
    std::vector<std::string> take_blocks() { return std::exchange(blocks_, {}); }

    /// Reads what is left and refuses duplicates. The last call but take_blocks.
    IngestResult finish();

  private:
    /// Half of a leaf's hash: enough to tell whether two records have the same bytes.
    using Fingerprint = std::array<std::uint8_t, 16>;
    struct Task;

    void read(const RawRecords& records, std::size_t count);
    void run_task(const RawRecords& records, Task& task);
    void append(Task& task);
    void keep_for_later(const RawRecords& records, std::size_t begin);
    void refuse_duplicates();

    TapeProfile profile_;
    RecordForm form_;
    IngestOptions options_;
    IngestResult result_;
    NormalisedRun run_;  ///< of the records read so far
    std::vector<Fingerprint> fingerprints_;
    std::vector<std::string> blocks_;
    std::set<std::string> unread_;  ///< of the task's share that is not read to its end
    RawRecords waiting_;            ///< fewer than a block; views into waiting_bytes_
    std::string waiting_bytes_;
};

/// The profile that knows a record's key alone.
TapeProfile key_profile(const TapeProfile& profile);

}  // namespace seawall::ingest
