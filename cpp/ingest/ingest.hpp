#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/raw_records.hpp"
#include "ingest/record_writer.hpp"
#include "ingest/tape_profile.hpp"
#include "numeric/thread_pool.hpp"
#include "provenance/merkle.hpp"

namespace seawall::ingest {

struct IngestOptions {
    /// false: look at each record's key only, the columns come later.
    bool normalise = true;
    ParallelOptions parallel;
};

struct IngestResult {
    std::size_t record_count = 0;
    std::size_t duplicate_keys = 0;
    NormalisedRun normalised;
    std::vector<Digest> chunk_roots;
    Digest root{};
};

/// Reads, normalises and hashes every record. The same bits on any thread count. Of two records
/// with one key the first is kept. Throws Error(cancelled) when asked to stop.
IngestResult ingest_records(const RawRecords& raw, const TapeProfile& profile,
                            const IngestOptions& options);

/// The profile that knows a record's key alone.
TapeProfile key_profile(const TapeProfile& profile);

}  // namespace seawall::ingest
