#include "ingest/record_reader.hpp"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "ingest/canonical_key.hpp"
#include "ingest/path_tree.hpp"

namespace seawall::ingest {
namespace {

namespace json = boost::json;
using boost::system::error_code;

constexpr std::size_t max_depth = 64;
constexpr std::size_t max_keys = 4096;  // of one object: duplicates are found by looking at each

std::uint64_t hash_key(std::string_view key) {
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
}

/// Receives the parser's events and files what the profile asks for.
class Handler {
  public:
    static constexpr std::size_t max_object_size = max_keys;
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = 65536;
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    Handler(const TapeProfile& profile, const PathTree& tree, std::size_t root)
        : profile_(profile), tree_(tree), root_(root) {}

    void start(CapturedRecord& out) {
        out_ = &out;
        out.reset(profile_.fields.size());
        out.is_of_kind = profile_.only_with.empty();
        unread_.clear();
        frames_.clear();
        keys_.clear();
        lists_.clear();
        part_.clear();
        path_.clear();
        node_ = PathTree::nowhere;
    }

    /// After the parser has stopped, wherever that was.
    void finish() {
        if (!out_->is_of_kind) return;
        while (!unread_.empty() && out_->unread.size() < max_unread) {
            out_->unread.insert(unread_.extract(unread_.begin()));
        }
    }

    bool on_document_begin(error_code& /*ec*/) { return true; }
    bool on_document_end(error_code& /*ec*/) { return true; }

    bool on_object_begin(error_code& /*ec*/) {
        std::size_t node = node_;
        if (frames_.empty()) {
            node = root_;
        } else if (frames_.back().list != no_list) {
            begin_element(frames_.back(), true);
            node = tree_.list_root(frames_.back().list);
        } else if (frames_.back().is_array) {
            node = PathTree::nowhere;
        } else {
            note_kind(node);
            note_structure(node, CapturedStructure::object);
        }
        push_frame({.node = node, .is_array = false, .list = no_list});
        return true;
    }

    bool on_array_begin(error_code& /*ec*/) {
        Frame frame{.node = PathTree::nowhere, .is_array = true, .list = no_list};
        if (frames_.empty()) {
            refuse_record("a record must be an object");
        } else if (frames_.back().list != no_list) {
            begin_element(frames_.back(), false);
        } else if (!frames_.back().is_array && node_ != PathTree::nowhere) {
            note_kind(node_);
            const auto& lists = tree_.node(node_).lists;
            if (lists.empty()) {
                note_structure(node_, CapturedStructure::list);
            } else {
                begin_list(lists.front());
                frame.list = lists.front().index;
                frame.list_priority = lists.front().priority;
            }
        }
        push_frame(frame);
        return true;
    }

    bool on_object_end(std::size_t /*n*/, error_code& /*ec*/) { return pop_frame(); }
    bool on_array_end(std::size_t /*n*/, error_code& /*ec*/) { return pop_frame(); }

    bool on_key_part(json::string_view text, std::size_t /*n*/, error_code& /*ec*/) {
        part_.append(text.data(), text.size());
        return true;
    }

    bool on_key(json::string_view text, std::size_t /*n*/, error_code& /*ec*/) {
        std::string_view whole{text.data(), text.size()};
        if (!part_.empty()) {
            part_.append(whole);
            whole = part_;
        }
        KnownKey& known = look_up(whole);
        part_.clear();
        if (known.changed) out_->applied.add(Rule::key_canonicalised);
        key_ = &known.canonical;
        const auto level = keys_.begin() + static_cast<std::ptrdiff_t>(frames_.back().keys_begin);
        if (std::find(level, keys_.end(), known.hash) != keys_.end()) refuse_duplicate();
        keys_.push_back(known.hash);
        node_ = known.child;
        if (!known.noted && node_ == PathTree::nowhere) note_unread(known);
        return true;
    }

    bool on_string_part(json::string_view text, std::size_t /*n*/, error_code& /*ec*/) {
        part_.append(text.data(), text.size());
        return true;
    }

    bool on_string(json::string_view text, std::size_t /*n*/, error_code& /*ec*/) {
        std::string_view whole{text.data(), text.size()};
        if (!part_.empty()) {
            part_.append(whole);
            whole = part_;
        }
        scalar(whole, CellForm::text);
        part_.clear();
        return true;
    }

    bool on_number_part(json::string_view text, error_code& /*ec*/) {
        part_.append(text.data(), text.size());
        return true;
    }
    bool on_int64(std::int64_t /*value*/, json::string_view text, error_code& /*ec*/) {
        return number(text);
    }
    bool on_uint64(std::uint64_t /*value*/, json::string_view text, error_code& /*ec*/) {
        return number(text);
    }
    bool on_double(double /*value*/, json::string_view text, error_code& /*ec*/) {
        return number(text);
    }
    bool on_bool(bool value, error_code& /*ec*/) {
        scalar(value ? "true" : "false", CellForm::boolean);
        return true;
    }
    bool on_null(error_code& /*ec*/) {
        scalar("", CellForm::absent);
        return true;
    }
    bool on_comment_part(json::string_view /*text*/, error_code& /*ec*/) { return true; }
    bool on_comment(json::string_view /*text*/, error_code& /*ec*/) { return true; }

  private:
    static constexpr std::size_t no_list = static_cast<std::size_t>(-1);

    struct Frame {
        std::size_t node = PathTree::nowhere;
        bool is_array = false;
        std::size_t list = no_list;  ///< the list whose elements stand in this array
        std::size_t list_priority = 0;
        std::size_t keys_begin = 0;
        std::size_t path_size = 0;
        bool in_element = false;  ///< cells go to the element last begun
    };

    /// What a key means below a node, found out once: the objects of one tape have the same keys in
    /// the same order, so the n-th key of an object nearly always is that of the one before.
    struct KnownKey {
        std::string raw;
        std::string canonical;
        std::size_t parent = PathTree::nowhere;
        std::size_t child = PathTree::nowhere;
        std::uint64_t hash = 0;
        bool changed = false;
        bool noted = false;  ///< as a key that the profile does not name
    };

    /// Whether the innermost object is the one that encode_table_row lays around a row's cells.
    bool in_own_frame() const { return frames_.size() == 1 && root_ != PathTree::record_root; }

    /// The outermost key that leads out of the profile. Whether the record is of the profile's kind
    /// is known at its end only, and the next one may be where this one is not: noted each time.
    void note_unread(KnownKey& known) {
        known.noted = profile_.only_with.empty();
        const bool in_profile = frames_.back().node != PathTree::nowhere;
        if (in_profile && !in_own_frame() && out_->unread.size() < max_unread) {
            unread_.insert(path_ + known.canonical);
            if (unread_.size() > max_unread) unread_.erase(std::prev(unread_.end()));
        }
    }

    void note_kind(std::size_t node) {
        if (node != PathTree::nowhere && tree_.node(node).marks_kind) out_->is_of_kind = true;
    }

    KnownKey& look_up(std::string_view raw) {
        const std::size_t parent = frames_.back().node;
        const std::size_t index = keys_.size() - frames_.back().keys_begin;
        const std::size_t place = (frames_.size() * 97 + parent * 31 + index) % known_.size();
        KnownKey& known = known_[place];
        if (known.parent == parent && known.raw == raw && !known.canonical.empty()) return known;
        known.noted = false;
        known.raw.assign(raw);
        known.changed = canonicalise_key(raw, known.canonical);
        known.parent = parent;
        known.child = tree_.child(parent, known.canonical);
        known.hash = hash_key(known.canonical);
        return known;
    }

    bool number(json::string_view text) {
        std::string_view whole{text.data(), text.size()};
        if (!part_.empty()) {
            part_.append(whole);
            whole = part_;
        }
        scalar(whole, CellForm::number);
        part_.clear();
        return true;
    }

    void push_frame(Frame frame) {
        frame.keys_begin = keys_.size();
        frame.path_size = path_.size();
        if (!frames_.empty()) {
            frame.in_element = frames_.back().in_element || frames_.back().list != no_list;
            if (!frames_.back().is_array && !in_own_frame()) path_.append(*key_).push_back('.');
        }
        frames_.push_back(frame);
    }

    bool pop_frame() {
        keys_.resize(frames_.back().keys_begin);
        path_.resize(frames_.back().path_size);
        frames_.pop_back();
        return true;
    }

    void begin_element(const Frame& frame, bool is_object) {
        if (out_->elements.size() == max_elements) {
            return refuse_record("its lists may have " + std::to_string(max_elements) +
                                 " elements at most");
        }
        out_->elements.push_back({.list = frame.list,
                                  .priority = frame.list_priority,
                                  .cells_begin = out_->element_cells.size(),
                                  .cell_count = 0,
                                  .is_object = is_object});
    }

    /// The cell of the element last begun that a field of its list has.
    CapturedCell& element_cell(std::size_t field) {
        CapturedElement& element = out_->elements.back();
        auto& cells = out_->element_cells;
        const auto found =
            std::find_if(cells.begin() + static_cast<std::ptrdiff_t>(element.cells_begin),
                         cells.end(), [&](const auto& held) { return held.field == field; });
        if (found != cells.end()) return found->cell;
        ++element.cell_count;
        return cells.emplace_back(CapturedElementCell{.field = field, .cell = {}}).cell;
    }

    enum class CapturedStructure { object, list };

    /// A bracket where the profile has a field. An object is fine when the profile looks inside it.
    void note_structure(std::size_t node, CapturedStructure structure) {
        if (node == PathTree::nowhere) return;
        const PathTree::Node& at = tree_.node(node);
        const bool is_object = structure == CapturedStructure::object;
        const std::string_view text = is_object ? "{…}" : "[…]";
        if (!at.fields.empty() && (!is_object || at.children.empty())) {
            capture(at, text, CellForm::structure);
        }
        note_no_list(at, text);
        if (!is_object) note_no_object(at, text);
    }

    /// The profile looks inside this value, and there is no inside: what it seeks would be lost.
    void note_no_object(const PathTree::Node& at, std::string_view text) {
        if (at.children.empty() || !at.fields.empty() || !at.lists.empty()) return;
        out_->cell_problems.push_back({.rule = Rule::unexpected_structure,
                                       .field = path_ + *key_,
                                       .value = std::string(text),
                                       .reason = "must be an object"});
    }

    void note_no_list(const PathTree::Node& at, std::string_view text) {
        for (const PathTree::Target& target : at.lists) {
            out_->cell_problems.push_back({.rule = Rule::unexpected_structure,
                                           .field = profile_.lists[target.index].name,
                                           .value = std::string(text),
                                           .reason = "must be a list"});
        }
    }

    void begin_list(const PathTree::Target& target) {
        const auto same = [&](const PathTree::Target& seen) {
            return seen.index == target.index && seen.priority == target.priority;
        };
        // Once inside a wrapper and once beside it.
        if (std::any_of(lists_.begin(), lists_.end(), same)) refuse_duplicate();
        lists_.push_back(target);
    }

    void scalar(std::string_view text, CellForm form) {
        if (frames_.empty()) return refuse_record("a record must be an object");
        const Frame& frame = frames_.back();
        if (frame.list != no_list) return begin_element(frame, false);
        if (frame.is_array || node_ == PathTree::nowhere) return;
        const bool blank =
            form == CellForm::text && text.find_first_not_of(" \t\r\n\f\v") == text.npos;
        if (form == CellForm::absent || blank) return;
        note_kind(node_);
        const PathTree::Node& at = tree_.node(node_);
        if (!at.fields.empty()) capture(at, text, form);
        note_no_list(at, text);
        note_no_object(at, text);
    }

    void capture(const PathTree::Node& at, std::string_view text, CellForm form) {
        const std::size_t offset = out_->arena.size();
        out_->arena.append(text);
        const bool in_element = frames_.back().in_element;
        const std::vector<FieldRules>& fields =
            in_element ? profile_.lists[out_->elements.back().list].fields : profile_.fields;
        for (const PathTree::Target& target : at.fields) {
            CapturedCell& cell =
                in_element ? element_cell(target.index) : out_->cells[target.index];
            if (cell.form != CellForm::absent && cell.priority == target.priority) {
                refuse_duplicate();  // once inside a wrapper and once beside it
            }
            const FieldRules& field = fields[target.index];
            const bool has_choice = field.paths.size() > 1 && !field.sentinels.empty();
            const bool missing = has_choice && is_sentinel({.text = text, .form = form}, field);
            const bool is_better = is_better_cell(cell, target.priority, missing);
            if (missing) {
                cell.sentinel_priority = std::min(cell.sentinel_priority, target.priority);
            }
            if (!is_better) continue;
            if (!in_element) out_->found.add(target.index);
            cell = {.offset = offset,
                    .size = text.size(),
                    .priority = target.priority,
                    .form = form,
                    .sentinel_priority = cell.sentinel_priority};
        }
    }

    /// The first path that is present counts, and what means "missing" counts after all others.
    static bool is_better_cell(const CapturedCell& held, std::size_t priority, bool missing) {
        if (held.form == CellForm::absent) return true;
        if (held.is_sentinel() != missing) return held.is_sentinel();
        return priority < held.priority;
    }

    void refuse_record(std::string reason) {
        if (out_->record_problem) return;
        out_->record_problem = CapturedProblem{
            .rule = Rule::record_unreadable, .field = "", .value = "", .reason = std::move(reason)};
    }

    void refuse_duplicate() {
        if (out_->record_problem) return;
        out_->record_problem = CapturedProblem{.rule = Rule::duplicate_field,
                                               .field = path_ + *key_,
                                               .value = "",
                                               .reason = "the key stands twice in its object"};
    }

    const TapeProfile& profile_;
    const PathTree& tree_;
    std::size_t root_;
    CapturedRecord* out_ = nullptr;
    std::vector<Frame> frames_;
    std::vector<std::uint64_t> keys_;
    std::vector<PathTree::Target> lists_;  ///< the lists that the record has begun
    std::string part_;  ///< the front of a key, text or number that the parser hands over in parts
    std::array<KnownKey, 256> known_;
    const std::string* key_ = &known_.front().canonical;
    std::string path_;
    std::set<std::string> unread_;          ///< the first max_unread of the record at hand
    std::size_t node_ = PathTree::nowhere;  ///< where the value about to come stands
};

json::parse_options parser_options() {
    json::parse_options options;
    options.max_depth = max_depth;
    options.numbers = json::number_precision::none;  // cells read the text themselves
    return options;
}

}  // namespace

struct RecordReader::State {
    State(const TapeProfile& profile, RecordForm record_form)
        : tree(profile),
          root(record_form == RecordForm::table_row ? tree.wrap_root("cells")
                                                    : PathTree::record_root),
          form(record_form),
          parser(parser_options(), profile, tree, root) {}

    PathTree tree;
    std::size_t root;
    RecordForm form;
    json::basic_parser<Handler> parser;
};

RecordReader::RecordReader(const TapeProfile& profile, RecordForm form)
    : state_(std::make_unique<State>(profile, form)) {}

RecordReader::~RecordReader() = default;

void RecordReader::read(std::string_view bytes, CapturedRecord& out) {
    auto& parser = state_->parser;
    const bool ragged = state_->form == RecordForm::table_row && !bytes.starts_with("{\"cells\":");
    parser.reset();
    parser.handler().start(out);
    error_code error;
    const std::size_t used = parser.write_some(false, bytes.data(), bytes.size(), error);
    parser.handler().finish();
    if (!error && used < bytes.size()) error = json::error::extra_data;
    if (error) {
        out.record_problem = CapturedProblem{
            .rule = Rule::record_unreadable,
            .field = "",
            .value = "",
            .reason = "not JSON at byte " + std::to_string(used) + ": " + error.message()};
    } else if (ragged) {
        out.record_problem =
            CapturedProblem{.rule = Rule::record_unreadable,
                            .field = "",
                            .value = "",
                            .reason = "the row has not as many cells as the header"};
    }
}

}  // namespace seawall::ingest
