#include "ingest/record_writer.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace seawall::ingest {
namespace {

/// Whether there is something to say of a field that has no cell.
bool is_always_read(const FieldRules& field) {
    return field.required || field.default_value || field.is_source_row;
}

/// The columns that say where a row stands come before those of the fields.
constexpr std::size_t place_count = 2;

GrowingTable empty_table(const std::array<const char*, place_count>& places,
                         const std::vector<FieldRules>& fields) {
    using Keep = GrowingTable::Keep;
    GrowingTable table;
    for (const char* place : places) table.add_column(place, ColumnType::int64, Keep::always);
    for (const FieldRules& field : fields) {
        table.add_column(field.name, field.column_type(),
                         is_always_read(field) ? Keep::always : Keep::when_met);
    }
    return table;
}

void push_value(GrowingTable& table, std::size_t column, const FieldRules& field,
                const CellValue& value) {
    if (value.state != CellValue::State::present) return;
    switch (field.column_type()) {
        case ColumnType::float64:
            return table.push(column, value.number);
        case ColumnType::int64:
            return table.push(column, value.integer);
        case ColumnType::date32:
            return table.push(column, value.date);
        case ColumnType::boolean:
            return table.push(column, value.truth);
        case ColumnType::text:
            return table.push(column, std::string_view(value.text));
    }
}

std::size_t currency_field(const std::vector<FieldRules>& fields) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [](const auto& f) { return f.name == "currency"; });
    return static_cast<std::size_t>(found - fields.begin());
}

/// The elements of the first of the list's paths that holds any.
std::size_t first_filled_path(const CapturedRecord& captured, std::size_t list) {
    std::size_t best = static_cast<std::size_t>(-1);
    for (const CapturedElement& element : captured.elements) {
        if (element.list == list) best = std::min(best, element.priority);
    }
    return best;
}

/// A record that cannot be read is of no kind that is known.
bool is_set_aside(const CapturedRecord& captured) {
    const auto& problem = captured.record_problem;
    return !captured.is_of_kind && (!problem || problem->rule != Rule::record_unreadable);
}

CapturedProblem other_kind(const TapeProfile& profile) {
    std::string paths;
    for (const std::string& path : profile.only_with) paths += (paths.empty() ? "" : ", ") + path;
    return {
        .rule = Rule::other_kind, .field = "", .value = "", .reason = "the record has no " + paths};
}

void read_value(const RawCell& raw, const FieldRules& field, std::int64_t source_row,
                CellValue& value) {
    if (!field.is_source_row) return read_cell(raw, field, value);
    value.state = CellValue::State::present;
    value.text = std::to_string(source_row);
}

}  // namespace

NormalisedRun::NormalisedRun(const TapeProfile& profile)
    : records(empty_table({"record", "source_row"}, profile.fields)),
      rule_uses(rule_use_names(profile).size() * rule_count) {
    records.add_column("rules_applied", ColumnType::int64, GrowingTable::Keep::always);
    for (const ListRules& list : profile.lists) {
        lists.push_back(empty_table({"record", "element"}, list.fields));
    }
}

void NormalisedRun::append(NormalisedRun&& next) {
    records.append(next.records);
    for (std::size_t list = 0; list < lists.size(); ++list) lists[list].append(next.lists[list]);
    unread.merge(next.unread);
    rejects.append(std::move(next.rejects));
    for (std::size_t i = 0; i < rule_uses.size(); ++i) rule_uses[i] += next.rule_uses[i];
}

NormalisedTables NormalisedRun::finish() && {
    NormalisedTables result{.records = std::move(records).finish(),
                            .lists = {},
                            .rejects = std::move(rejects),
                            .unread = std::move(unread),
                            .rule_uses = std::move(rule_uses)};
    for (GrowingTable& list : lists) result.lists.push_back(std::move(list).finish());
    return result;
}

std::vector<std::string> rule_use_names(const TapeProfile& profile) {
    std::vector<std::string> names;
    names.reserve(profile.fields.size() + 1);
    for (const FieldRules& field : profile.fields) names.push_back(field.name);
    for (const ListRules& list : profile.lists) {
        for (const FieldRules& field : list.fields) names.push_back(list.name + "." + field.name);
    }
    names.emplace_back("record");
    return names;
}

RecordWriter::RecordWriter(const TapeProfile& profile)
    : profile_(profile),
      always_read_(profile.fields.size()),
      read_(profile.fields.size()),
      values_(profile.fields.size()) {
    for (std::size_t i = 0; i < profile.fields.size(); ++i) {
        if (is_always_read(profile.fields[i])) always_read_.add(i);
    }
    std::size_t slot = profile.fields.size();
    std::size_t widest = 0;
    for (const ListRules& list : profile.lists) {
        list_field_begin_.push_back(slot);
        slot += list.fields.size();
        widest = std::max(widest, list.fields.size());
    }
    record_slot_ = slot;
    element_cells_.resize(widest);
    element_values_.resize(widest);
}

void RecordWriter::count(NormalisedRun& out, std::size_t field, RuleSet applied) const {
    for (std::uint64_t bits = applied.bits(); bits != 0; bits &= bits - 1) {
        ++out.rule_uses[field * rule_count + static_cast<std::size_t>(std::countr_zero(bits))];
    }
}

void RecordWriter::count(NormalisedRun& out, std::size_t field, Rule rule) const {
    ++out.rule_uses[field * rule_count + static_cast<std::size_t>(rule)];
}

void RecordWriter::write(const CapturedRecord& captured, std::int64_t record,
                         std::int64_t source_row, NormalisedRun& out) {
    const Place place{.record = record, .source_row = source_row};
    if (is_set_aside(captured)) {
        return reject_problem(other_kind(profile_), RefusedPart::set_aside, place, out);
    }
    if (captured.record_problem) {
        return reject_problem(*captured.record_problem, RefusedPart::record, place, out);
    }
    applied_ = captured.applied;
    if (applied_.contains(Rule::key_canonicalised)) {
        count(out, record_slot_, Rule::key_canonicalised);
    }
    if (!read_fields(captured, place, out)) return;
    for (const CapturedProblem& problem : captured.cell_problems) {
        reject_problem(problem, RefusedPart::cell, place, out);
    }
    write_lists(captured, place, out);
    out.records.push(0, record);
    out.records.push(1, source_row);
    read_.each([&](std::size_t i) {
        push_value(out.records, place_count + i, profile_.fields[i], values_[i]);
    });
    out.records.push(place_count + values_.size(), static_cast<std::int64_t>(applied_.bits()));
    out.records.end_row();
}

void RecordWriter::reject_problem(const CapturedProblem& problem, RefusedPart part, Place place,
                                  NormalisedRun& out) const {
    count(out, record_slot_, problem.rule);
    out.rejects.push({.record = place.record,
                      .source_row = place.source_row,
                      .part = part,
                      .rule = problem.rule,
                      .list = {},
                      .field = problem.field,
                      .value = cut(problem.value),
                      .reason = problem.reason});
}

bool RecordWriter::read_fields(const CapturedRecord& captured, Place place, NormalisedRun& out) {
    read_.each([&](std::size_t i) { values_[i].state = CellValue::State::absent; });
    captured.found.each([&](std::size_t i) { out.records.meet(place_count + i); });
    read_ = captured.found;
    read_.add(always_read_);
    bool kept = true;
    read_.each([&](std::size_t i) {
        const FieldRules& field = profile_.fields[i];
        CellValue& value = values_[i];
        read_value(captured.raw(captured.cells[i]), field, place.source_row, value);
        applied_.add(value.applied);
        if (!value.applied.empty()) count(out, i, value.applied);
        const bool missing = field.required && value.state == CellValue::State::absent;
        if (value.state != CellValue::State::refused && !missing) return;
        const Rule rule = missing ? Rule::required_missing : value.refusal;
        count(out, i, rule);
        kept = kept && !field.required;
        out.rejects.push({.record = place.record,
                          .source_row = place.source_row,
                          .part = field.required ? RefusedPart::record : RefusedPart::cell,
                          .rule = rule,
                          .list = {},
                          .field = field.name,
                          .value = cut(captured.raw(captured.cells[i]).text),
                          .reason = missing ? "the record has no " + field.name : value.reason});
    });
    return kept;
}

void RecordWriter::write_lists(const CapturedRecord& captured, Place place, NormalisedRun& out) {
    for (std::size_t list = 0; list < profile_.lists.size(); ++list) {
        const std::size_t path = first_filled_path(captured, list);
        std::int64_t position = 0;
        for (const CapturedElement& element : captured.elements) {
            if (element.list != list || element.priority != path) continue;
            write_element(captured, element, position++, place, out);
        }
        if (position == 0) continue;
        for (const std::string& name : profile_.lists[list].replaces) {
            const std::size_t field = profile_.field_index(name);
            if (values_[field].state == CellValue::State::absent) continue;
            values_[field].state = CellValue::State::absent;
            applied_.add(Rule::replaced_by_list);
            count(out, field, Rule::replaced_by_list);
        }
    }
}

/// Puts an element's cells where their fields are.
void RecordWriter::lay_out(const CapturedRecord& captured, const CapturedElement& element) {
    std::fill(element_cells_.begin(), element_cells_.end(), RawCell{});
    for (const CapturedElementCell& found : captured.cells_of(element)) {
        element_cells_[found.field] = captured.raw(found.cell);
    }
}

void RecordWriter::write_element(const CapturedRecord& captured, const CapturedElement& element,
                                 std::int64_t position, Place place, NormalisedRun& out) {
    const ListRules& list = profile_.lists[element.list];
    const std::size_t slot = list_field_begin_[element.list];
    GrowingTable& table = out.lists[element.list];
    const auto reject = [&](RefusedPart part, Rule rule, std::string_view field,
                            std::string_view value, std::string_view reason) {
        out.rejects.push({.record = place.record,
                          .source_row = place.source_row,
                          .part = part,
                          .rule = rule,
                          .list = list.name,
                          .element = position,
                          .field = field,
                          .value = cut(value),
                          .reason = reason});
    };
    if (!element.is_object) {
        count(out, record_slot_, Rule::unexpected_structure);
        return reject(RefusedPart::element, Rule::unexpected_structure, "", "",
                      "an element must be an object");
    }
    bool kept = true;
    lay_out(captured, element);
    for (std::size_t i = 0; i < list.fields.size(); ++i) {
        const FieldRules& field = list.fields[i];
        CellValue& value = element_values_[i];
        const RawCell& raw = element_cells_[i];
        if (raw.form != CellForm::absent) table.meet(place_count + i);
        read_cell(raw, field, value);
        applied_.add(value.applied);
        if (!value.applied.empty()) count(out, slot + i, value.applied);
        const bool missing = field.required && value.state == CellValue::State::absent;
        if (value.state != CellValue::State::refused && !missing) continue;
        const Rule rule = missing ? Rule::required_missing : value.refusal;
        count(out, slot + i, rule);
        kept = kept && !field.required;
        reject(field.required ? RefusedPart::element : RefusedPart::cell, rule, field.name,
               raw.text, missing ? "the element has no " + field.name : value.reason);
    }
    const std::size_t currency = currency_field(list.fields);
    if (currency < list.fields.size()) {
        const CellValue& own = element_values_[currency];
        const std::string& of_record = values_[currency_field(profile_.fields)].text;
        if (own.state == CellValue::State::present && own.text != of_record) {
            count(out, slot + currency, Rule::currency_differs);
            return reject(RefusedPart::element, Rule::currency_differs, "currency", own.text,
                          "the record is in " + of_record);
        }
    }
    if (!kept) return;
    table.push(0, place.record);
    table.push(1, position);
    for (std::size_t i = 0; i < list.fields.size(); ++i) {
        push_value(table, place_count + i, list.fields[i], element_values_[i]);
    }
    table.end_row();
}

std::vector<ExplainedCell> RecordWriter::explain(const CapturedRecord& captured) {
    std::vector<ExplainedCell> cells;
    const auto tell = [&](std::string name, const RawCell& raw, const FieldRules& field) {
        CellValue value;
        read_cell(raw, field, value);
        if (raw.form == CellForm::absent && value.state == CellValue::State::absent) return;
        cells.push_back({.field = std::move(name),
                         .raw = std::string(raw.text),
                         .value = display(value, field),
                         .state = value.state,
                         .applied = value.applied,
                         .reason = value.state == CellValue::State::refused ? value.reason : ""});
    };
    for (std::size_t i = 0; i < profile_.fields.size(); ++i) {
        tell(profile_.fields[i].name, captured.raw(captured.cells[i]), profile_.fields[i]);
    }
    const auto tell_problem = [&](const CapturedProblem& problem) {
        cells.push_back({.field = problem.field.empty() ? "record" : problem.field,
                         .raw = problem.value,
                         .value = "",
                         .state = CellValue::State::refused,
                         .applied = RuleSet{},
                         .reason = std::string(rule_name(problem.rule)) + ": " + problem.reason});
    };
    if (is_set_aside(captured)) {
        tell_problem(other_kind(profile_));
    } else if (captured.record_problem) {
        tell_problem(*captured.record_problem);
    }
    for (const CapturedProblem& problem : captured.cell_problems) tell_problem(problem);
    for (std::size_t index = 0; index < profile_.lists.size(); ++index) {
        const ListRules& list = profile_.lists[index];
        const std::size_t path = first_filled_path(captured, index);
        if (path != static_cast<std::size_t>(-1)) {
            for (ExplainedCell& cell : cells) {
                const bool replaced = std::find(list.replaces.begin(), list.replaces.end(),
                                                cell.field) != list.replaces.end();
                if (!replaced || cell.state != CellValue::State::present) continue;
                cell.state = CellValue::State::absent;
                cell.value.clear();
                cell.applied.add(Rule::replaced_by_list);
            }
        }
        std::int64_t position = 0;
        for (const CapturedElement& element : captured.elements) {
            if (element.list != index || element.priority != path) continue;
            lay_out(captured, element);
            for (std::size_t i = 0; i < list.fields.size() && element.is_object; ++i) {
                tell(element_field(list.name, position, list.fields[i].name), element_cells_[i],
                     list.fields[i]);
            }
            ++position;
        }
    }
    return cells;
}

}  // namespace seawall::ingest
