#include "ingest/ingest.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "errors/error.hpp"

namespace seawall::ingest {
namespace {

/// A task's share: a whole number of Merkle chunks, small enough to spread and to stop between.
/// Counted from the source's first record, since a share remembers max_unread keys.
constexpr std::size_t records_per_task = 8 * leaves_per_chunk;

/// How many records are read before memory that is free goes back to the system.
constexpr std::size_t records_per_trim = std::size_t{1} << 17U;

std::span<const std::byte> as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

/// Columns that grow leave behind what they outgrew, in pieces too small for what comes next.
void give_back_memory() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

/// Source keys seen so far, by open addressing: one probe a record, no node of its own.
class KeySet {
  public:
    explicit KeySet(const Table& records)
        : systems_(records.find("source_system")->text()),
          ids_(records.find("source_record_id")->text()),
          slots_(slot_count(ids_.size()), empty) {}

    /// The earlier row with this row's key, or nothing.
    std::optional<std::size_t> add(std::size_t row) {
        const std::size_t mask = slots_.size() - 1;
        std::size_t slot = hash(row) & mask;
        for (; slots_[slot] != empty; slot = (slot + 1) & mask) {
            if (same_key(slots_[slot], row)) return slots_[slot];
        }
        slots_[slot] = static_cast<std::uint32_t>(row);
        return std::nullopt;
    }

  private:
    static constexpr std::uint32_t empty = static_cast<std::uint32_t>(-1);

    static std::size_t slot_count(std::size_t rows) {
        std::size_t count = 16;
        while (count < 2 * rows) count *= 2;
        return count;
    }

    std::size_t hash(std::size_t row) const {
        const std::hash<std::string_view> hasher;
        return hasher(ids_[row]) * 31 + hasher(systems_[row]);
    }

    bool same_key(std::size_t a, std::size_t b) const {
        return ids_[a] == ids_[b] && systems_[a] == systems_[b];
    }

    const TextValues& systems_;
    const TextValues& ids_;
    std::vector<std::uint32_t> slots_;
};

/// The first reject from `begin` on that says that its record is none, or has no key.
std::optional<Reject> find_keyless(const Rejects& rejects, std::size_t begin) {
    for (std::size_t i = begin; i < rejects.size(); ++i) {
        const Rule rule = rejects.rule(i);
        if (rule != Rule::record_unreadable && rule != Rule::required_missing) continue;
        Reject reject = rejects[i];
        const bool is_key = reject.field == "source_system" || reject.field == "source_record_id";
        if (rule == Rule::record_unreadable || is_key) return reject;
    }
    return std::nullopt;
}

/// Lowers a number that others lower meanwhile.
void lower_to(std::atomic<std::size_t>& number, std::size_t value) {
    std::size_t seen = number;
    while (value < seen && !number.compare_exchange_weak(seen, value)) {
    }
}

/// Drops the rows of the refused records, a column at a time: not all of it stands there twice.
void drop_records(Table& table, const std::vector<std::int64_t>& refused) {
    std::vector<std::uint8_t> keep(table.row_count());
    const auto& record = table.columns.front().int64();
    for (std::size_t row = 0; row < keep.size(); ++row) {
        keep[row] = std::binary_search(refused.begin(), refused.end(), record[row]) ? 0 : 1;
    }
    for (Column& column : table.columns) column = column.filtered(keep);
}

}  // namespace

TapeProfile key_profile(const TapeProfile& profile) {
    TapeProfile result = profile;
    result.lists.clear();
    std::erase_if(result.fields, [](const FieldRules& field) {
        return field.name != "source_system" && field.name != "source_record_id";
    });
    return result;
}

struct IngestStream::Task {
    Task(const TapeProfile& profile, std::size_t first, std::size_t last)
        : run(profile), begin(first), end(last) {}

    NormalisedRun run;
    std::size_t begin;
    std::size_t end;
    std::set<std::string> unread;
    std::vector<Fingerprint> fingerprints;
    std::vector<Digest> chunk_roots;
    std::vector<std::string> blocks;
    std::optional<Reject> keyless;  ///< what ends the reading
};

IngestStream::IngestStream(const TapeProfile& profile, RecordForm form,
                           const IngestOptions& options)
    : profile_(options.normalise ? profile : key_profile(profile)),
      form_(form),
      options_(options),
      run_(profile_) {}

void IngestStream::add(const RawRecords& records) {
    const std::size_t count = waiting_.size() + records.size();
    if (result_.record_count + count > max_records) {
        throw Error(ErrorCode::limit_exceeded, "records", "100,000,000 records are the most");
    }
    if (result_.keyless) {
        result_.record_count += records.size();
        return;
    }
    RawRecords all = std::exchange(waiting_, {});
    all.bytes.insert(all.bytes.end(), records.bytes.begin(), records.bytes.end());
    all.source_rows.insert(all.source_rows.end(), records.source_rows.begin(),
                           records.source_rows.end());
    const std::size_t ready = count - count % leaves_per_chunk;
    read(all, ready);
    if (result_.keyless) {
        result_.record_count += count - ready;
    } else {
        keep_for_later(all, ready);
    }
}

IngestResult IngestStream::finish() {
    read(waiting_, waiting_.size());
    result_.normalised = std::move(run_).finish();
    refuse_duplicates();
    result_.root = merkle_root(result_.chunk_roots);
    // One record alone may have very many elements, and as many rejects.
    const std::size_t read = std::max(result_.record_count, result_.normalised.rejects.size());
    if (read >= records_per_trim) give_back_memory();
    return std::move(result_);
}

void IngestStream::keep_for_later(const RawRecords& records, std::size_t begin) {
    std::string bytes;
    for (std::size_t i = begin; i < records.size(); ++i) bytes += records.bytes[i];
    waiting_bytes_ = std::move(bytes);
    std::size_t at = 0;
    for (std::size_t i = begin; i < records.size(); ++i) {
        const std::size_t size = records.bytes[i].size();
        waiting_.push(std::string_view(waiting_bytes_).substr(at, size), records.source_rows[i]);
        at += size;
    }
}

/// Reads the first `count` of the records, that follow those read before.
void IngestStream::read(const RawRecords& records, std::size_t count) {
    std::vector<Task> tasks;
    for (std::size_t begin = 0; begin < count;) {
        const std::size_t share =
            records_per_task - (result_.record_count + begin) % records_per_task;
        const std::size_t end = std::min(begin + share, count);
        tasks.emplace_back(profile_, begin, end);
        begin = end;
    }
    if (!tasks.empty() && result_.record_count % records_per_task != 0) {
        tasks.front().unread = std::move(unread_);
    }
    // Which task ends the reading does not depend on who runs first: all before it are run.
    std::atomic<std::size_t> last{tasks.size()};
    const bool complete = parallel_for(tasks.size(), options_.parallel, [&](std::size_t index) {
        if (index > last) return;
        run_task(records, tasks[index]);
        if (tasks[index].keyless) lower_to(last, index);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "", "the ingest was stopped");
    for (std::size_t i = 0; i < tasks.size() && !result_.keyless; ++i) {
        append(tasks[i]);
        result_.keyless = std::move(tasks[i].keyless);
    }
    const std::size_t before = result_.record_count;
    result_.record_count += count;
    if (before / records_per_trim != result_.record_count / records_per_trim) give_back_memory();
}

void IngestStream::run_task(const RawRecords& records, Task& task) {
    RecordReader reader(profile_, form_);
    RecordWriter writer(profile_);
    CapturedRecord captured;
    captured.unread = std::move(task.unread);
    for (std::size_t i = task.begin; i < task.end && !task.keyless; ++i) {
        const std::size_t refused = task.run.rejects.size();
        reader.read(records.bytes[i], captured);
        writer.write(captured, static_cast<std::int64_t>(result_.record_count + i),
                     records.source_rows[i], task.run);
        if (options_.whole_keys) task.keyless = find_keyless(task.run.rejects, refused);
    }
    task.run.unread = captured.unread;
    task.unread = std::move(captured.unread);
    if (task.keyless) return;  // nobody asks for hashes of what is refused
    std::vector<Digest> leaves;
    leaves.reserve(task.end - task.begin);
    task.fingerprints.resize(task.end - task.begin);
    for (std::size_t i = task.begin; i < task.end; ++i) {
        const Digest& leaf = leaves.emplace_back(leaf_hash(as_bytes(records.bytes[i])));
        Fingerprint& fingerprint = task.fingerprints[i - task.begin];
        std::copy_n(leaf.begin(), fingerprint.size(), fingerprint.begin());
    }
    task.chunk_roots = chunk_roots(leaves);
    for (std::size_t i = task.begin; options_.keep_blocks && i < task.end; i += leaves_per_chunk) {
        task.blocks.push_back(encode_chunk(records, i, std::min(i + leaves_per_chunk, task.end)));
    }
    options_.parallel.control.advance(task.end - task.begin);
}

/// Each task's memory goes as soon as it is appended.
void IngestStream::append(Task& task) {
    run_.append(NormalisedRun(std::move(task.run)));
    result_.chunk_roots.insert(result_.chunk_roots.end(), task.chunk_roots.begin(),
                               task.chunk_roots.end());
    fingerprints_.insert(fingerprints_.end(), task.fingerprints.begin(), task.fingerprints.end());
    std::move(task.blocks.begin(), task.blocks.end(), std::back_inserter(blocks_));
    unread_ = std::move(task.unread);
}

/// Refuses each record whose key an earlier one has.
void IngestStream::refuse_duplicates() {
    NormalisedTables& normalised = result_.normalised;
    const auto& record = normalised.records.columns[0].int64();
    const auto& source_row = normalised.records.columns[1].int64();
    const auto& ids = normalised.records.find("source_record_id")->text();
    KeySet keys(normalised.records);
    std::vector<std::int64_t> refused;
    for (std::size_t row = 0; row < record.size(); ++row) {
        const auto earlier = keys.add(row);
        if (!earlier) continue;
        const bool same = fingerprints_[static_cast<std::size_t>(record[row])] ==
                          fingerprints_[static_cast<std::size_t>(record[*earlier])];
        refused.push_back(record[row]);
        normalised.rejects.push({.record = record[row],
                                 .source_row = source_row[row],
                                 .part = RefusedPart::record,
                                 .rule = Rule::duplicate_record,
                                 .list = {},
                                 .field = "source_record_id",
                                 .value = cut(ids[row]),
                                 .reason = "row " + std::to_string(source_row[*earlier]) +
                                           (same ? " is the same record" : " has the same key")});
    }
    fingerprints_ = {};
    if (refused.empty()) return;
    result_.duplicate_keys = refused.size();
    const std::size_t record_slot = normalised.rule_uses.size() - rule_count;
    normalised.rule_uses[record_slot + static_cast<std::size_t>(Rule::duplicate_record)] +=
        refused.size();
    drop_records(normalised.records, refused);
    for (Table& list : normalised.lists) drop_records(list, refused);
    normalised.rejects.sort_by_record();
}

}  // namespace seawall::ingest
