#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/digests.hpp"
#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "bindings/tables.hpp"
#include "ingest/ingest.hpp"
#include "ingest/table_rows.hpp"
#include "table/arrow_import.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::ingest;

/// A source after ingest: columns to use, raw blocks to store, digests to prove.
class IngestedSource {
  public:
    IngestedSource(TapeProfile profile, RawRecords raw, std::vector<py::buffer_info> sources)
        : profile_(std::move(profile)), raw_(std::move(raw)), sources_(std::move(sources)) {}

    void run(const OptionalControl& control, bool normalise, std::size_t threads) {
        auto result = run_long(control, [&](const RunControl& native) {
            return ingest_records(
                raw_, profile_,
                {.normalise = normalise,
                 .parallel = {.threads = threads, .lane = Lane::batch, .control = native}});
        });
        names_ = rule_use_names(normalise ? profile_ : key_profile(profile_));
        record_count_ = result.record_count;
        duplicate_keys_ = result.duplicate_keys;
        root_ = result.root;
        chunk_roots_ = std::move(result.chunk_roots);
        records_ = std::make_shared<const Table>(std::move(result.normalised.records));
        for (Table& list : result.normalised.lists) {
            lists_.push_back(std::make_shared<const Table>(std::move(list)));
        }
        rule_uses_ = std::move(result.normalised.rule_uses);
        unread_.assign(result.normalised.unread.begin(), result.normalised.unread.end());
        rejects_ = std::make_shared<const Table>(reject_table(result.normalised.rejects));
    }

    NativeTable records() const { return {records_}; }
    NativeTable rejects() const { return {rejects_}; }

    std::map<std::string, NativeTable> lists() const {
        std::map<std::string, NativeTable> result;
        for (std::size_t i = 0; i < lists_.size(); ++i) {
            result[profile_.lists[i].name] = NativeTable{lists_[i]};
        }
        return result;
    }

    std::map<std::string, std::map<std::string, std::uint64_t>> rule_uses() const {
        std::map<std::string, std::map<std::string, std::uint64_t>> result;
        for (std::size_t field = 0; field < names_.size(); ++field) {
            for (std::size_t rule = 0; rule < rule_count; ++rule) {
                const std::uint64_t uses = rule_uses_[field * rule_count + rule];
                if (uses > 0) result[names_[field]][std::string(rule_names[rule])] = uses;
            }
        }
        return result;
    }

    /// Refusals by part ("record", "element", "cell"), and by rule.
    std::map<std::string, std::uint64_t> rejects_by(std::string_view column) const {
        std::map<std::string, std::uint64_t> counts;
        const TextValues& names = rejects_->find(column)->text();
        for (std::size_t row = 0; row < names.size(); ++row) ++counts[std::string(names[row])];
        return counts;
    }

    /// Kept records by currency; empty before they are normalised.
    std::map<std::string, std::uint64_t> currencies() const {
        std::map<std::string, std::uint64_t> counts;
        const Column* column = records_->find("currency");
        if (column == nullptr) return counts;
        const TextValues& codes = column->text();
        for (std::size_t row = 0; row < codes.size(); ++row) ++counts[std::string(codes[row])];
        return counts;
    }

    py::bytes chunk(std::size_t index) const {
        const std::size_t begin = index * leaves_per_chunk;
        if (begin >= raw_.size()) throw py::index_error();
        std::string block;
        {
            const py::gil_scoped_release release;  // blocks are compressed by several threads
            block = encode_chunk(raw_, begin, std::min(begin + leaves_per_chunk, raw_.size()));
        }
        return block;
    }

    const std::vector<std::string>& unread() const { return unread_; }
    std::size_t record_count() const { return record_count_; }
    std::size_t duplicate_keys() const { return duplicate_keys_; }
    std::size_t chunk_count() const { return chunk_roots_.size(); }
    py::bytes root() const { return to_python(root_); }
    py::bytes chunk_roots() const { return to_python(chunk_roots_); }

  private:
    static Table reject_table(const std::vector<Reject>& rejects) {
        static constexpr std::array<std::string_view, 4> parts{"cell", "element", "record",
                                                               "set_aside"};
        Table table;
        for (const char* name : {"record", "source_row"}) {
            table.columns.emplace_back(name, ColumnType::int64);
        }
        for (const char* name : {"refused", "field", "value", "rule", "reason"}) {
            table.columns.emplace_back(name, ColumnType::text);
        }
        for (const Reject& reject : rejects) {
            table.columns[0].push(reject.record);
            table.columns[1].push(reject.source_row);
            table.columns[2].push(parts[static_cast<std::size_t>(reject.part)]);
            table.columns[3].push(std::string_view(reject.field));
            table.columns[4].push(std::string_view(reject.value));
            table.columns[5].push(rule_name(reject.rule));
            table.columns[6].push(std::string_view(reject.reason));
        }
        return table;
    }

    TapeProfile profile_;
    RawRecords raw_;
    std::vector<py::buffer_info> sources_;  // keeps the bytes alive that raw_ looks into
    std::size_t record_count_ = 0;
    std::size_t duplicate_keys_ = 0;
    Digest root_{};
    std::vector<Digest> chunk_roots_;
    std::vector<std::string> names_;
    TablePointer records_;
    std::vector<TablePointer> lists_;
    std::vector<std::uint64_t> rule_uses_;
    std::vector<std::string> unread_;
    TablePointer rejects_;
};

std::string_view view_of(const py::buffer_info& info) {
    return {static_cast<const char*>(info.ptr),
            static_cast<std::size_t>(info.size * info.itemsize)};
}

struct Request {
    std::string_view profile;
    bool normalise;
    std::size_t threads;
    const OptionalControl& control;
};

std::unique_ptr<IngestedSource> ingest(RawRecords raw, std::vector<py::buffer_info> sources,
                                       const Request& request) {
    auto ingested = std::make_unique<IngestedSource>(parse_profile(request.profile), std::move(raw),
                                                     std::move(sources));
    ingested->run(request.control, request.normalise, request.threads);
    return ingested;
}

std::unique_ptr<IngestedSource> ingest_json(const py::buffer& source, bool lines,
                                            const py::bytes& profile, bool normalise,
                                            std::size_t threads, const OptionalControl& control) {
    std::vector<py::buffer_info> sources;
    sources.push_back(source.request());
    RawRecords raw;
    {
        const py::gil_scoped_release release;
        raw = raw_json_records(view_of(sources.front()),
                               lines ? JsonLayout::lines : JsonLayout::array);
    }
    return ingest(
        std::move(raw), std::move(sources),
        {.profile = profile, .normalise = normalise, .threads = threads, .control = control});
}

std::unique_ptr<IngestedSource> ingest_table(
    const py::object& table, std::string file_sha256,
    const std::vector<std::pair<std::int64_t, std::string>>& ragged, bool multiline,
    const py::bytes& profile, bool normalise, std::size_t threads, const OptionalControl& control) {
    const py::capsule capsule = table.attr("__arrow_c_stream__")();
    TableSource source{
        .file_sha256 = std::move(file_sha256), .multiline = multiline, .ragged_rows = {}};
    for (const auto& [row, text] : ragged) source.ragged_rows.push_back({.row = row, .text = text});
    RawRecords raw;
    {
        const ArrowBatches batches(capsule.get_pointer<ArrowArrayStream>());
        const py::gil_scoped_release release;
        raw = raw_table_rows(batches, source);
    }
    return ingest(
        std::move(raw), {},
        {.profile = profile, .normalise = normalise, .threads = threads, .control = control});
}

RawRecords stored_records(const std::vector<py::buffer>& blocks, bool table_rows,
                          std::vector<py::buffer_info>& sources) {
    RawRecords raw;
    raw.form = table_rows ? RecordForm::table_row : RecordForm::json_object;
    for (const py::buffer& block : blocks) {
        sources.push_back(block.request());
        append_chunk(view_of(sources.back()), raw);
    }
    return raw;
}

std::unique_ptr<IngestedSource> ingest_stored(const std::vector<py::buffer>& blocks,
                                              bool table_rows, const py::bytes& profile,
                                              bool normalise, std::size_t threads,
                                              const OptionalControl& control) {
    std::vector<py::buffer_info> sources;
    RawRecords raw = stored_records(blocks, table_rows, sources);
    return ingest(
        std::move(raw), std::move(sources),
        {.profile = profile, .normalise = normalise, .threads = threads, .control = control});
}

using Entry = py::typing::Dict<py::str, py::object>;

Entry stored_record(const py::buffer& block, std::size_t index) {
    std::vector<py::buffer_info> sources;
    const RawRecords raw = stored_records({block}, false, sources);
    if (index >= raw.size()) throw py::index_error();
    std::vector<Digest> leaves;
    leaves.reserve(raw.size());
    for (const std::string_view bytes : raw.bytes) {
        leaves.push_back(leaf_hash(std::as_bytes(std::span(bytes.data(), bytes.size()))));
    }
    Entry result;
    result["bytes"] = py::bytes(raw.bytes[index].data(), raw.bytes[index].size());
    result["source_row"] = py::int_(raw.source_rows[index]);
    result["chunk_leaves"] = to_python(leaves);
    return result;
}

std::vector<Entry> explain_record(const py::bytes& bytes, bool table_row,
                                  const py::bytes& profile_json) {
    const TapeProfile profile = parse_profile(profile_json);
    RecordReader reader(profile, table_row ? RecordForm::table_row : RecordForm::json_object);
    CapturedRecord captured;
    reader.read(bytes, captured);
    std::vector<Entry> cells;
    for (const ExplainedCell& cell : RecordWriter(profile).explain(captured)) {
        static constexpr std::array<std::string_view, 3> states{"absent", "present", "refused"};
        py::list rules;
        for (std::size_t rule = 0; rule < rule_count; ++rule) {
            if (cell.applied.contains(static_cast<Rule>(rule))) rules.append(rule_names[rule]);
        }
        const Entry entry;
        entry["field"] = py::str(cell.field);
        entry["raw"] = py::str(cell.raw);
        entry["value"] = py::str(cell.value);
        entry["state"] = py::str(states[static_cast<std::size_t>(cell.state)]);
        entry["rules"] = rules;
        entry["reason"] = py::str(cell.reason);
        cells.push_back(entry);
    }
    return cells;
}

}  // namespace

void register_ingest(py::module_& module) {
    py::class_<IngestedSource>(module, "IngestedSource",
                               "A source after ingest: columns, rejects, raw blocks and digests.")
        .def_property_readonly("record_count", &IngestedSource::record_count)
        .def_property_readonly("duplicate_keys", &IngestedSource::duplicate_keys)
        .def_property_readonly("merkle_root", &IngestedSource::root)
        .def_property_readonly("chunk_roots", &IngestedSource::chunk_roots)
        .def_property_readonly("chunk_count", &IngestedSource::chunk_count)
        .def_property_readonly("records", &IngestedSource::records)
        .def_property_readonly("lists", &IngestedSource::lists)
        .def_property_readonly("rejects", &IngestedSource::rejects)
        .def_property_readonly("rule_uses", &IngestedSource::rule_uses)
        .def_property_readonly("unread_fields", &IngestedSource::unread)
        .def_property_readonly("currencies", &IngestedSource::currencies)
        .def_property_readonly(
            "rejects_by_part",
            [](const IngestedSource& self) { return self.rejects_by("refused"); })
        .def_property_readonly("rejects_by_rule",
                               [](const IngestedSource& self) { return self.rejects_by("rule"); })
        .def("chunk", &IngestedSource::chunk, py::arg("index"),
             "The raw block of up to LEAVES_PER_CHUNK records, to be stored.");
    module.def(
        "rules", [] { return std::vector<std::string>(rule_names.begin(), rule_names.end()); },
        "The names of all rules, in the order of their bits in `rules_applied`.");
    module.def(
        "check_profile", [](const py::bytes& profile) { parse_profile(profile); },
        py::arg("profile"), "Raises InvalidProfile when the profile contradicts itself.");
    module.def("ingest_json", &ingest_json, py::arg("source"), py::kw_only(), py::arg("lines"),
               py::arg("profile"), py::arg("normalise") = true, py::arg("threads") = 0,
               py::arg("control") = py::none(),
               "Ingests JSON records (an array, an object with \"records\", or one a line).");
    module.def("ingest_table", &ingest_table, py::arg("table"), py::kw_only(),
               py::arg("file_sha256"), py::arg("ragged_rows"), py::arg("multiline"),
               py::arg("profile"), py::arg("normalise") = true, py::arg("threads") = 0,
               py::arg("control") = py::none(),
               "Ingests a table of texts (any object with __arrow_c_stream__).");
    module.def("ingest_stored", &ingest_stored, py::arg("blocks"), py::kw_only(),
               py::arg("table_rows"), py::arg("profile"), py::arg("normalise") = true,
               py::arg("threads") = 0, py::arg("control") = py::none(),
               "Reads stored raw blocks again: the way in which a dataset is verified.");
    module.def("stored_record", &stored_record, py::arg("block"), py::arg("index"),
               "One record of a raw block: bytes, source_row, and the block's leaf hashes.");
    module.def("explain_record", &explain_record, py::arg("record"), py::kw_only(),
               py::arg("table_row"), py::arg("profile"),
               "How each cell of a record was read: field, raw, value, state, rules, reason.");
}

}  // namespace seawall::bindings
