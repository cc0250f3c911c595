#include "ingest/ingest.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "table/error.hpp"

namespace seawall::ingest {
namespace {

/// A task's share: a whole number of Merkle chunks, small enough to spread and to stop between.
constexpr std::size_t records_per_task = 8 * leaves_per_chunk;

std::span<const std::byte> as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

struct Task {
    explicit Task(const TapeProfile& profile) : run(profile) {}

    NormalisedRun run;
    std::vector<Digest> chunk_roots;
};

void run_task(const RawRecords& raw, const TapeProfile& profile, const IngestOptions& options,
              std::size_t begin, Task& task) {
    const std::size_t end = std::min(begin + records_per_task, raw.size());
    RecordReader reader(profile, raw.form);
    RecordWriter writer(profile);
    CapturedRecord captured;
    for (std::size_t i = begin; i < end; ++i) {
        reader.read(raw.bytes[i], captured);
        writer.write(captured, static_cast<std::int64_t>(i), raw.source_rows[i], task.run);
    }
    task.run.unread = std::move(captured.unread);
    std::vector<Digest> leaves;
    leaves.reserve(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
        leaves.push_back(leaf_hash(as_bytes(raw.bytes[i])));
    }
    task.chunk_roots = chunk_roots(leaves);
    options.parallel.control.advance(end - begin);
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

/// The rows of the table whose record is not among the refused ones.
Table without_records(const Table& table, const std::vector<std::int64_t>& refused) {
    std::vector<std::uint8_t> keep(table.row_count());
    const auto& record = table.columns.front().int64();
    for (std::size_t row = 0; row < keep.size(); ++row) {
        keep[row] = std::binary_search(refused.begin(), refused.end(), record[row]) ? 0 : 1;
    }
    Table kept;
    for (const Column& column : table.columns) kept.columns.push_back(column.filtered(keep));
    return kept;
}

/// Refuses each record whose key an earlier one has. Returns how many.
std::size_t refuse_duplicates(const RawRecords& raw, NormalisedRun& run) {
    KeySet keys(run.records);
    const auto& record = run.records.columns[0].int64();
    const auto& source_row = run.records.columns[1].int64();
    const auto& ids = run.records.find("source_record_id")->text();
    std::vector<std::int64_t> refused;
    for (std::size_t row = 0; row < record.size(); ++row) {
        const auto earlier = keys.add(row);
        if (!earlier) continue;
        const bool same = raw.bytes[static_cast<std::size_t>(record[row])] ==
                          raw.bytes[static_cast<std::size_t>(record[*earlier])];
        refused.push_back(record[row]);
        run.rejects.push_back({.record = record[row],
                               .source_row = source_row[row],
                               .part = RefusedPart::record,
                               .rule = Rule::duplicate_record,
                               .field = "source_record_id",
                               .value = cut(ids[row]),
                               .reason = "row " + std::to_string(source_row[*earlier]) +
                                         (same ? " is the same record" : " has the same key")});
    }
    if (refused.empty()) return 0;
    const std::size_t record_slot = run.rule_uses.size() - rule_count;
    run.rule_uses[record_slot + static_cast<std::size_t>(Rule::duplicate_record)] += refused.size();
    run.records = without_records(run.records, refused);
    for (Table& list : run.lists) list = without_records(list, refused);
    std::stable_sort(run.rejects.begin(), run.rejects.end(),
                     [](const Reject& a, const Reject& b) { return a.record < b.record; });
    return refused.size();
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

IngestResult ingest_records(const RawRecords& raw, const TapeProfile& profile,
                            const IngestOptions& options) {
    const TapeProfile effective = options.normalise ? profile : key_profile(profile);
    const std::size_t task_count = (raw.size() + records_per_task - 1) / records_per_task;
    std::vector<Task> tasks(task_count, Task(effective));
    const bool complete = parallel_for(task_count, options.parallel, [&](std::size_t index) {
        run_task(raw, effective, options, index * records_per_task, tasks[index]);
    });
    if (!complete) throw Error(ErrorCode::cancelled, "", "the ingest was stopped");
    IngestResult result{.record_count = raw.size(),
                        .duplicate_keys = 0,
                        .normalised = NormalisedRun(effective),
                        .chunk_roots = {},
                        .root = {}};
    for (Task& task : tasks) {
        // Each run's memory goes as soon as it is appended.
        result.normalised.append(std::exchange(task.run, NormalisedRun(effective)));
        result.chunk_roots.insert(result.chunk_roots.end(), task.chunk_roots.begin(),
                                  task.chunk_roots.end());
    }
    result.duplicate_keys = refuse_duplicates(raw, result.normalised);
    result.root = merkle_root(result.chunk_roots);
    return result;
}

}  // namespace seawall::ingest
