#include "ingest/tape_profile.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <cmath>
#include <set>

#include "ingest/canonical_key.hpp"
#include "ingest/number_text.hpp"
#include "ingest/profile_section.hpp"

namespace seawall::ingest {
namespace {

namespace json = boost::json;

constexpr std::size_t max_fields = 512;
constexpr double max_width = 64;

/// Columns and tables that every dataset has; a profile's own must not take their names.
constexpr std::array<std::string_view, 4> own_columns{"record", "source_row", "element",
                                                      "rules_applied"};
constexpr std::array<std::string_view, 2> own_tables{"records", "rejects"};

template <typename Names>
bool contains(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<char> mark(const ProfileSection& section, std::string_view key) {
    const auto value = section.text(key);
    if (!value) return std::nullopt;
    if (value->size() != 1 ||
        std::string_view("0123456789+-").find(value->front()) != std::string_view::npos) {
        refuse_profile(section.where(key), "must be one character that is no digit and no sign");
    }
    return value->front();
}

std::string canonical_path(std::string_view path) {
    std::string result;
    std::string segment;
    while (true) {
        const std::size_t dot = path.find('.');
        canonicalise_key(path.substr(0, dot), segment);
        if (!result.empty()) result += '.';
        result += segment;
        if (dot == std::string_view::npos) return result;
        path.remove_prefix(dot + 1);
    }
}

std::vector<std::string> paths(const ProfileSection& section, std::string_view key) {
    std::vector<std::string> result;
    for (const std::string& path : section.texts(key)) {
        result.push_back(canonical_path(path));
    }
    return result;
}

FieldKind parse_kind(const ProfileSection& section) {
    static constexpr std::array<std::pair<std::string_view, FieldKind>, 9> kinds{
        {{"text", FieldKind::text},
         {"amount", FieldKind::amount},
         {"rate", FieldKind::rate},
         {"number", FieldKind::number},
         {"integer", FieldKind::integer},
         {"date", FieldKind::date},
         {"boolean", FieldKind::boolean},
         {"code", FieldKind::code},
         {"currency", FieldKind::currency}}};
    const std::string name = section.required_text("kind");
    for (const auto& [text, kind] : kinds) {
        if (text == name) return kind;
    }
    refuse_profile(section.where("kind"), "\"" + name + "\" is no kind of field");
}

void parse_dates(const ProfileSection& section, FieldRules& field) {
    const auto formats = section.texts("formats");
    if (formats.empty())
        refuse_profile(section.where("formats"), "a date needs at least one format");
    for (std::size_t i = 0; i < formats.size(); ++i) {
        const std::string where = section.where("formats") + "[" + std::to_string(i) + "]";
        auto format = DateFormat::compile(formats[i]);
        if (!format)
            refuse_profile(where, "\"" + formats[i] + "\" needs one year, one month and one day");
        if (format->has_two_digit_year() && !field.two_digit_year_pivot) {
            refuse_profile(where, "a two-digit year needs two_digit_year_pivot");
        }
        field.date_formats.push_back(*std::move(format));
    }
}

void parse_codes(const ProfileSection& section, FieldRules& field) {
    const json::value* codes = section.find("codes");
    if (codes == nullptr || !codes->is_object() || codes->get_object().empty()) {
        refuse_profile(section.where("codes"), "a code needs a table of its values");
    }
    for (const auto& [code, name] : codes->get_object()) {
        if (!name.is_string()) refuse_profile(section.where("codes"), "must be a table of texts");
        field.codes.emplace_back(code, name.get_string());
    }
}

void parse_sentinels(const ProfileSection& section, FieldRules& field) {
    field.sentinels = section.texts("sentinels");
    if (field.column_type() != ColumnType::float64 && field.column_type() != ColumnType::int64) {
        return;
    }
    std::string buffer;
    for (const std::string& sentinel : field.sentinels) {
        const NumberText number = read_number_text(sentinel, CellForm::text, field, buffer);
        if (!number.refusal) field.sentinel_numbers.push_back(number.value);
    }
}

FieldRules parse_field(const ProfileSection& section, const ProfileSection& profile) {
    FieldRules field;
    field.name = section.required_text("name");
    std::string canonical;
    if (canonicalise_key(field.name, canonical)) {
        refuse_profile(section.where("name"),
                       "a field name is lower case letters, digits and single _");
    }
    if (contains(own_columns, field.name)) {
        refuse_profile(section.where("name"), "every table has a column of this name already");
    }
    field.kind = parse_kind(section);
    field.paths = paths(section, "from");
    field.required = section.flag("required");
    field.default_value = section.text("default");
    if (field.paths.empty() && !field.default_value) {
        refuse_profile(section.where("from"), "a field needs a column to come from, or a default");
    }
    field.minimum = section.number("minimum");
    field.maximum = section.number("maximum");
    if (!field.minimum && (field.kind == FieldKind::amount || field.kind == FieldKind::rate)) {
        field.minimum = 0.0;  // a debt, a collateral or a rate below 0 is an error unless declared
    }
    field.minimum_exclusive = section.flag("minimum_exclusive");
    if (field.minimum && field.maximum && *field.minimum > *field.maximum) {
        refuse_profile(section.where("maximum"), "is below the minimum");
    }
    const auto unit = section.text("unit");
    if (field.kind == FieldKind::rate) {
        if (!unit || (*unit != "percent" && *unit != "fraction")) {
            refuse_profile(section.where("unit"),
                           "a rate is in \"percent\" or a \"fraction\": say which");
        }
        field.rate_is_fraction = *unit == "fraction";
    } else if (unit) {
        refuse_profile(section.where("unit"), "only a rate has a unit");
    }
    const ProfileSection& decimal_owner =
        section.find("decimal_mark") != nullptr ? section : profile;
    field.decimal_mark = mark(decimal_owner, "decimal_mark").value_or('.');
    const ProfileSection& group_owner =
        section.find("thousands_mark") != nullptr ? section : profile;
    field.thousands_mark = mark(group_owner, "thousands_mark");
    if (field.thousands_mark == field.decimal_mark) {
        refuse_profile(section.where("thousands_mark"), "is the decimal mark too");
    }
    if (const auto pivot = section.number("two_digit_year_pivot")) {
        if (*pivot < 0 || *pivot > 100) {
            refuse_profile(section.where("two_digit_year_pivot"), "must be between 0 and 100");
        }
        field.two_digit_year_pivot = static_cast<int>(*pivot);
    }
    parse_sentinels(section, field);
    if (field.kind == FieldKind::date) parse_dates(section, field);
    if (field.kind == FieldKind::code) parse_codes(section, field);
    field.true_codes = section.texts("true_codes");
    field.false_codes = section.texts("false_codes");
    if (const auto width = section.number("width")) {
        if (*width < 0 || *width > max_width || *width != std::floor(*width)) {
            refuse_profile(section.where("width"), "must be a whole number from 0 to 64");
        }
        field.width = static_cast<std::size_t>(*width);
    }
    return field;
}

std::vector<FieldRules> parse_fields(const ProfileSection& owner, const ProfileSection& profile) {
    std::vector<FieldRules> fields;
    std::set<std::string> names;
    for (const ProfileSection& section : owner.sections("fields")) {
        fields.push_back(parse_field(section, profile));
        if (!names.insert(fields.back().name).second) {
            refuse_profile(section.where("name"),
                           "\"" + fields.back().name + "\" is declared twice");
        }
    }
    if (fields.size() > max_fields)
        refuse_profile(owner.where("fields"), "512 fields are the most");
    return fields;
}

ListRules parse_list(const ProfileSection& section, const ProfileSection& root,
                     const TapeProfile& profile) {
    ListRules list;
    list.name = section.required_text("name");
    if (contains(own_tables, list.name)) {
        refuse_profile(section.where("name"), "every dataset has a table of this name already");
    }
    list.paths = paths(section, "from");
    if (list.paths.empty())
        refuse_profile(section.where("from"), "a list needs a key to come from");
    for (const ListRules& other : profile.lists) {
        if (other.name == list.name) refuse_profile(section.where("name"), "is declared twice");
        for (const std::string& path : list.paths) {
            if (contains(other.paths, path)) {
                refuse_profile(section.where("from"),
                               "\"" + path + "\" is the list " + other.name + " already");
            }
        }
    }
    list.replaces = section.texts("replaces");
    for (const std::string& name : list.replaces) {
        if (profile.field_index(name) == profile.fields.size()) {
            refuse_profile(section.where("replaces"), "there is no field \"" + name + "\"");
        }
    }
    list.fields = parse_fields(section, root);
    if (list.fields.empty()) refuse_profile(section.where("fields"), "a list needs fields");
    return list;
}

/// Whether the profile says that a record's row is its key, where the tape has none.
bool row_is_key(const ProfileSection& root) {
    const auto key = root.text("key");
    if (key && *key != "row") refuse_profile("key", "\"row\" is the only key that is no field");
    return key.has_value();
}

/// Fields that every record has: its key and its currency.
void complete_fields(TapeProfile& profile, bool row_is_key) {
    const auto has = [&](std::string_view name) {
        return profile.field_index(name) < profile.fields.size();
    };
    if (!has("source_system")) {
        if (profile.source_system.empty()) refuse_profile("source_system", "is required");
        FieldRules field;
        field.name = "source_system";
        field.default_value = profile.source_system;
        profile.fields.insert(profile.fields.begin(), field);
    }
    if (row_is_key) {
        if (has("source_record_id"))
            refuse_profile("key", "the field \"source_record_id\" is the key already");
        FieldRules field;
        field.name = "source_record_id";
        field.is_source_row = true;
        profile.fields.insert(profile.fields.begin() + 1, field);
    }
    for (const std::string_view name : {"source_record_id", "currency"}) {
        if (!has(name))
            refuse_profile("fields", "the field \"" + std::string(name) + "\" is missing");
    }
    for (const std::string_view name : {"source_system", "source_record_id", "currency"}) {
        FieldRules& field = profile.fields[profile.field_index(name)];
        const FieldKind kind = name == "currency" ? FieldKind::currency : FieldKind::text;
        if (field.kind != kind) refuse_profile("fields." + field.name, "has another kind");
        field.required = true;
    }
}

}  // namespace

ColumnType FieldRules::column_type() const {
    switch (kind) {
        case FieldKind::amount:
        case FieldKind::rate:
        case FieldKind::number:
            return ColumnType::float64;
        case FieldKind::integer:
            return ColumnType::int64;
        case FieldKind::date:
            return ColumnType::date32;
        case FieldKind::boolean:
            return ColumnType::boolean;
        case FieldKind::text:
        case FieldKind::code:
        case FieldKind::currency:
            return ColumnType::text;
    }
    return ColumnType::text;
}

std::size_t TapeProfile::field_index(std::string_view field_name) const {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldRules& field) {
        return field.name == field_name;
    });
    return static_cast<std::size_t>(found - fields.begin());
}

TapeProfile parse_profile(std::string_view text) {
    boost::system::error_code error;
    const json::value document = json::parse(text, error);
    if (error) refuse_profile("", "the profile is not JSON: " + error.message());
    const ProfileSection root(document, "");
    TapeProfile profile;
    profile.name = root.required_text("name");
    profile.source_system = root.text("source_system").value_or("");
    for (const std::string& key : root.texts("wrapper")) {
        profile.wrapper.push_back(canonical_path(key));
    }
    profile.only_with = paths(root, "only_with");
    profile.fields = parse_fields(root, root);
    complete_fields(profile, row_is_key(root));
    for (const ProfileSection& section : root.sections("lists")) {
        profile.lists.push_back(parse_list(section, root, profile));
    }
    return profile;
}

}  // namespace seawall::ingest
