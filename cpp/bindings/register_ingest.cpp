#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bindings/digests.hpp"
#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "bindings/tables.hpp"
#include "ingest/ingest.hpp"
#include "ingest/json_member.hpp"
#include "ingest/json_split.hpp"
#include "ingest/table_rows.hpp"
#include "table/arrow_import.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::ingest;

/// A source after ingest: columns to use, digests to prove.
class IngestedSource {
  public:
    IngestedSource(const TapeProfile& profile, IngestResult result)
        : names_(rule_use_names(profile)),
          record_count_(result.record_count),
          duplicate_keys_(result.duplicate_keys),
          root_(result.root),
          chunk_roots_(std::move(result.chunk_roots)),
          records_(std::make_shared<const Table>(std::move(result.normalised.records))),
          rule_uses_(std::move(result.normalised.rule_uses)),
          unread_(result.normalised.unread.begin(), result.normalised.unread.end()),
          rejects_(std::move(result.normalised.rejects)),
          keyless_(std::move(result.keyless)) {
        for (std::size_t i = 0; i < profile.lists.size(); ++i) {
            lists_[profile.lists[i].name] =
                NativeTable{std::make_shared<const Table>(std::move(result.normalised.lists[i]))};
        }
    }

    NativeTable records() const { return {records_}; }
    /// Made anew each time: as columns they weigh several times what is held of them.
    NativeTable rejects(std::size_t count, bool with_set_aside) const {
        const py::gil_scoped_release release;
        return {std::make_shared<const Table>(rejects_.table(count, with_set_aside))};
    }
    std::size_t reject_count() const { return rejects_.size(); }
    const std::optional<Reject>& keyless() const { return keyless_; }

    const std::map<std::string, NativeTable>& lists() const { return lists_; }

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

    std::map<std::string_view, std::uint64_t> rejects_by_part() const {
        std::map<std::string_view, std::uint64_t> counts;
        for (std::size_t i = 0; i < rejects_.size(); ++i) {
            ++counts[refused_part_names[static_cast<std::size_t>(rejects_.part(i))]];
        }
        return counts;
    }

    std::map<std::string_view, std::uint64_t> rejects_by_rule() const {
        std::map<std::string_view, std::uint64_t> counts;
        for (std::size_t i = 0; i < rejects_.size(); ++i) ++counts[rule_name(rejects_.rule(i))];
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

    const std::vector<std::string>& unread() const { return unread_; }
    std::size_t record_count() const { return record_count_; }
    std::size_t duplicate_keys() const { return duplicate_keys_; }
    std::size_t chunk_count() const { return chunk_roots_.size(); }
    py::bytes root() const { return to_python(root_); }
    py::bytes chunk_roots() const { return to_python(chunk_roots_); }

  private:
    std::vector<std::string> names_;
    std::size_t record_count_;
    std::size_t duplicate_keys_;
    Digest root_;
    std::vector<Digest> chunk_roots_;
    TablePointer records_;
    std::map<std::string, NativeTable> lists_;
    std::vector<std::uint64_t> rule_uses_;
    std::vector<std::string> unread_;
    Rejects rejects_;
    std::optional<Reject> keyless_;
};

std::string_view view_of(const py::buffer_info& info) {
    return {static_cast<const char*>(info.ptr),
            static_cast<std::size_t>(info.size * info.itemsize)};
}

/// Takes a source piece by piece, without the GIL.
class TapeIngest {
  public:
    TapeIngest(const py::bytes& profile, bool table_rows, bool normalise, bool keep_blocks,
               bool whole_keys, std::size_t threads, const OptionalControl& control)
        : profile_(parse_profile(std::string_view(profile))),
          control_(control ? *control : std::make_shared<PyRunControl>(std::nullopt)),
          normalise_(normalise),
          stream_(profile_, table_rows ? RecordForm::table_row : RecordForm::json_object,
                  {.normalise = normalise,
                   .keep_blocks = keep_blocks,
                   .whole_keys = whole_keys,
                   .parallel = {
                       .threads = threads, .lane = Lane::batch, .control = control_->native()}}) {}

    template <typename Splitter>
    void add_text(const py::buffer& piece) {
        const py::buffer_info info = piece.request();
        if (!std::holds_alternative<Splitter>(splitter_)) splitter_.emplace<Splitter>();
        work([&] { std::get<Splitter>(splitter_).add(view_of(info), to_stream()); });
    }

    void add_rows(const py::object& rows, std::int64_t first_row,
                  const std::vector<std::pair<std::int64_t, std::string>>& ragged,
                  std::string file_sha256, bool multiline, bool unique_columns) {
        const py::capsule capsule = rows.attr("__arrow_c_stream__")();
        const ArrowBatches columns(capsule.get_pointer<ArrowArrayStream>());
        TableRows run{.columns = columns, .first_row = first_row, .ragged = {}};
        for (const auto& [row, text] : ragged) run.ragged.push_back({.row = row, .text = text});
        if (!rows_) {
            rows_.emplace(TableSource{.file_sha256 = std::move(file_sha256),
                                      .multiline = multiline,
                                      .unique_columns = unique_columns},
                          to_stream());
        }
        work([&] { rows_->add(run); });
    }

    void add_blocks(const std::vector<py::buffer>& blocks) {
        std::vector<py::buffer_info> infos;
        infos.reserve(blocks.size());
        for (const py::buffer& block : blocks) infos.push_back(block.request());
        work([&] {
            RawRecords records;
            for (const py::buffer_info& info : infos) append_chunk(view_of(info), records);
            stream_.add(records);
        });
    }

    py::typing::List<py::bytes> take_blocks() {
        py::typing::List<py::bytes> result;
        for (std::string& block : stream_.take_blocks()) {
            result.append(py::bytes(block));
            block = {};  // not all of them twice
        }
        return result;
    }

    std::unique_ptr<IngestedSource> finish() {
        std::unique_ptr<IngestedSource> ingested;
        work([&] {
            if (auto* json = std::get_if<JsonSplitter>(&splitter_)) json->finish(to_stream());
            if (auto* lines = std::get_if<NdjsonSplitter>(&splitter_)) lines->finish(to_stream());
            if (rows_) rows_->finish();
            ingested = std::make_unique<IngestedSource>(
                normalise_ ? profile_ : key_profile(profile_), stream_.finish());
        });
        return ingested;
    }

  private:
    TakeRecords to_stream() {
        return [this](const RawRecords& records) { stream_.add(records); };
    }

    template <typename Work>
    void work(const Work& task) {
        run_long(control_, [&](const RunControl&) { task(); });
        control_->report();  // a piece may be done before anybody looked
    }

    TapeProfile profile_;
    std::shared_ptr<PyRunControl> control_;
    bool normalise_;
    std::variant<std::monostate, JsonSplitter, NdjsonSplitter> splitter_;
    std::optional<RowEncoder> rows_;
    IngestStream stream_;
};

std::optional<std::pair<std::size_t, std::size_t>> span_of_member(const py::bytes& object,
                                                                  const std::string& key) {
    const std::string_view text = object;
    const py::gil_scoped_release release;
    const std::optional<Span> span = member_span(text, key);
    if (!span) return std::nullopt;
    return std::pair(span->begin, span->end);
}

using Description = py::typing::Dict<py::str, py::object>;

std::optional<Description> keyless_place(const IngestedSource& self) {
    if (!self.keyless()) return std::nullopt;
    Description result;
    result["record"] = py::int_(self.keyless()->record);
    result["field"] = py::str(self.keyless()->field);
    result["rule"] = py::str(rule_name(self.keyless()->rule));
    result["reason"] = py::str(self.keyless()->reason);
    return result;
}

Description stored_record(const py::buffer& block, std::size_t index) {
    const py::buffer_info info = block.request();
    RawRecords raw;
    append_chunk(view_of(info), raw);
    if (index >= raw.size()) throw py::index_error();
    std::vector<Digest> leaves;
    leaves.reserve(raw.size());
    for (const std::string_view bytes : raw.bytes) {
        leaves.push_back(leaf_hash(std::as_bytes(std::span(bytes.data(), bytes.size()))));
    }
    Description result;
    result["bytes"] = py::bytes(raw.bytes[index].data(), raw.bytes[index].size());
    result["source_row"] = py::int_(raw.source_rows[index]);
    result["chunk_leaves"] = to_python(leaves);
    return result;
}

/// Made once for many records: to lay out a profile's paths takes as long as to read a record.
/// Used by one thread at a time, which holds the interpreter.
class RecordExplainer {
  public:
    RecordExplainer(const py::bytes& profile, bool table_row)
        : profile_(parse_profile(profile)),
          reader_(profile_, table_row ? RecordForm::table_row : RecordForm::json_object),
          writer_(profile_) {}

    std::vector<Description> explain(const py::bytes& bytes) {
        CapturedRecord captured;
        reader_.read(bytes, captured);
        std::vector<Description> cells;
        for (const ExplainedCell& cell : writer_.explain(captured)) {
            static constexpr std::array<std::string_view, 3> states{"absent", "present", "refused"};
            py::list rules;
            for (std::size_t rule = 0; rule < rule_count; ++rule) {
                if (cell.applied.contains(static_cast<Rule>(rule))) rules.append(rule_names[rule]);
            }
            const Description entry;
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

  private:
    TapeProfile profile_;
    RecordReader reader_;
    RecordWriter writer_;
};

}  // namespace

void register_ingest(py::module_& module) {
    py::class_<IngestedSource>(module, "IngestedSource",
                               "A source after ingest: columns, rejects and digests.")
        .def_property_readonly("record_count", &IngestedSource::record_count)
        .def_property_readonly("duplicate_keys", &IngestedSource::duplicate_keys)
        .def_property_readonly("merkle_root", &IngestedSource::root)
        .def_property_readonly("chunk_roots", &IngestedSource::chunk_roots)
        .def_property_readonly("chunk_count", &IngestedSource::chunk_count)
        .def_property_readonly("records", &IngestedSource::records)
        .def_property_readonly("lists", &IngestedSource::lists)
        .def("rejects", &IngestedSource::rejects, py::kw_only(),
             py::arg("count") = std::numeric_limits<std::size_t>::max(),
             py::arg("with_set_aside") = true,
             "The first so many as a table: record, source_row, refused, field, value, rule,\n"
             "reason. Made anew each time.")
        .def_property_readonly("reject_count", &IngestedSource::reject_count)
        .def_property_readonly(
            "keyless", &keyless_place,
            "The record that ended the reading, where whole keys were asked for: record, field,\n"
            "rule, reason.")
        .def_property_readonly("rule_uses", &IngestedSource::rule_uses)
        .def_property_readonly("unread_fields", &IngestedSource::unread)
        .def_property_readonly("currencies", &IngestedSource::currencies)
        .def_property_readonly("rejects_by_part", &IngestedSource::rejects_by_part)
        .def_property_readonly("rejects_by_rule", &IngestedSource::rejects_by_rule);
    py::class_<TapeIngest>(
        module, "TapeIngest",
        "Reads, normalises and hashes a source piece by piece. The bits of the outcome do not "
        "depend on how it is cut. Of no use after a call has raised.")
        .def(py::init<const py::bytes&, bool, bool, bool, bool, std::size_t,
                      const OptionalControl&>(),
             py::arg("profile"), py::kw_only(), py::arg("table_rows"), py::arg("normalise") = true,
             py::arg("keep_blocks") = false, py::arg("whole_keys") = false, py::arg("threads") = 0,
             py::arg("control") = py::none(),
             "With whole_keys the first record that is no object or has no key ends the reading,\n"
             "and what follows is only counted.")
        .def("add_json", &TapeIngest::add_text<JsonSplitter>, py::arg("piece"),
             "Takes more bytes of an array, or of an object with \"records\".")
        .def("add_lines", &TapeIngest::add_text<NdjsonSplitter>, py::arg("piece"),
             "Takes more bytes of JSON records, one a line.")
        .def("add_rows", &TapeIngest::add_rows, py::arg("rows"), py::kw_only(),
             py::arg("first_row"), py::arg("ragged"), py::arg("file_sha256"), py::arg("multiline"),
             py::arg("unique_columns"),
             "Takes rows of texts (any object with __arrow_c_stream__); null is no cell.")
        .def("add_blocks", &TapeIngest::add_blocks, py::arg("blocks"),
             "Takes stored blocks: the way in which a dataset is verified.")
        .def("take_blocks", &TapeIngest::take_blocks,
             "The blocks to store that were completed since the last call.")
        .def("finish", &TapeIngest::finish, "Ends the source; take_blocks gives its last block.");
    module.def(
        "rules", [] { return std::vector<std::string>(rule_names.begin(), rule_names.end()); },
        "The names of all rules, in the order of their bits in `rules_applied`.");
    module.def(
        "check_profile", [](const py::bytes& profile) { parse_profile(profile); },
        py::arg("profile"), "Raises InvalidProfile when the profile contradicts itself.");
    module.def(
        "member_span", &span_of_member, py::arg("object"), py::arg("key"),
        "Where the value of a member of a JSON object begins and ends, by brackets and texts\n"
        "alone; None where that cannot be told. Other threads go on meanwhile.");
    module.def("stored_record", &stored_record, py::arg("block"), py::arg("index"),
               "One record of a raw block: bytes, source_row, and the block's leaf hashes.");
    py::class_<RecordExplainer>(module, "RecordExplainer",
                                "Tells how the records of a profile were read.")
        .def(py::init<const py::bytes&, bool>(), py::arg("profile"), py::kw_only(),
             py::arg("table_row"))
        .def("explain", &RecordExplainer::explain, py::arg("record"),
             "How each cell of a record was read: field, raw, value, state, rules, reason.");
}

}  // namespace seawall::bindings
