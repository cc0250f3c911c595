#include "ingest/record_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record_reader.hpp"
#include "provenance/table_digest.hpp"

BOOST_AUTO_TEST_SUITE(record_writer_test)

using namespace seawall::ingest;
using seawall::Column;

namespace {

const TapeProfile& profile() {
    static const TapeProfile parsed = parse_profile(R"({
        "name": "test", "source_system": "t",
        "fields": [
            {"name": "source_record_id", "kind": "text", "from": ["id"]},
            {"name": "currency", "kind": "currency", "from": ["ccy"], "default": "EUR"},
            {"name": "total", "kind": "amount", "from": ["total"], "minimum": 0},
            {"name": "active", "kind": "boolean", "from": ["active"]},
            {"name": "day", "kind": "date", "from": ["day"], "formats": ["%Y-%m-%d"]},
            {"name": "count", "kind": "integer", "from": ["count"]}
        ],
        "lists": [{"name": "loans", "from": ["loans", "other.loans"], "replaces": ["total"],
            "fields": [
                {"name": "principal", "kind": "amount", "from": ["principal"], "required": true,
                 "minimum": 0, "minimum_exclusive": true},
                {"name": "rate", "kind": "rate", "unit": "percent", "from": ["rate"]}
            ]}]})");
    return parsed;
}

NormalisedTables write(const std::vector<std::string>& records) {
    RecordReader reader(profile(), RecordForm::json_object);
    RecordWriter writer(profile());
    CapturedRecord captured;
    NormalisedRun run(profile());
    for (std::size_t i = 0; i < records.size(); ++i) {
        reader.read(records[i], captured);
        writer.write(captured, static_cast<std::int64_t>(i), static_cast<std::int64_t>(10 * i),
                     run);
    }
    return std::move(run).finish();
}

/// What is refused: part, field, rule and value of each, in order.
std::vector<std::string> rejects(const NormalisedTables& run) {
    static constexpr std::string_view parts[] = {"cell", "element", "record"};
    std::vector<std::string> result;
    for (std::size_t i = 0; i < run.rejects.size(); ++i) {
        const Reject reject = run.rejects[i];
        result.push_back(std::string(parts[static_cast<std::size_t>(reject.part)]) + " " +
                         reject.field + " " + std::string(rule_name(reject.rule)) + " " +
                         reject.value);
    }
    return result;
}

std::uint64_t uses(const NormalisedTables& run, std::string_view field, Rule rule) {
    const std::vector<std::string> names = rule_use_names(profile());
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == field)
            return run.rule_uses[i * rule_count + static_cast<std::size_t>(rule)];
    }
    BOOST_FAIL("no such field");
    return 0;
}

using Texts = std::vector<std::string>;

Texts names(const seawall::Table& table) {
    Texts result;
    for (const Column& column : table.columns) result.push_back(column.name());
    return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_record_becomes_a_typed_row_with_its_place) {
    const NormalisedTables run = write({R"({"id":"x"})", R"({"id":"y","total":1.5,"active":true,
        "day":"1970-01-03","count":7})"});
    const seawall::Table& table = run.records;
    BOOST_TEST(table.row_count() == 2U);
    BOOST_TEST(table.find("record")->int64()[1] == 1);
    BOOST_TEST(table.find("source_row")->int64()[1] == 10);
    BOOST_TEST(table.find("source_system")->text()[1] == "t");
    BOOST_TEST(table.find("currency")->text()[1] == "EUR");
    BOOST_TEST(table.find("total")->float64()[1] == 1.5);
    BOOST_TEST((table.find("active")->truths()[1] == seawall::Truth::yes));
    BOOST_TEST(table.find("day")->dates()[1].days_since_epoch == 2);
    BOOST_TEST(table.find("count")->int64()[1] == 7);
    BOOST_TEST(!table.find("total")->is_present(0));
}

BOOST_AUTO_TEST_CASE(a_field_that_no_record_has_a_cell_of_has_no_column) {
    const NormalisedTables run =
        write({R"({"id":"x","day":null,"count":" ","loans":[{"principal":1}]})",
               R"({"id":"y","total":1})"});
    BOOST_TEST(names(run.records) ==
               (Texts{"record", "source_row", "source_system", "source_record_id", "currency",
                      "total", "rules_applied"}));
    BOOST_TEST(names(run.lists[0]) == (Texts{"record", "element", "principal"}));
    BOOST_TEST(run.records.find("total")->presence() == (std::vector<std::uint8_t>{0, 1}));
}

BOOST_AUTO_TEST_CASE(a_field_whose_cells_are_all_refused_or_replaced_has_a_column) {
    const NormalisedTables run =
        write({R"({"id":"x","active":"perhaps","loans":[{"principal":1,"rate":"?"}]})",
               R"({"id":"y","total":9,"loans":[{"principal":1}]})"});
    BOOST_TEST(run.records.find("active")->absent_count() == 2U);
    BOOST_TEST(run.records.find("total")->absent_count() == 2U);
    BOOST_TEST(run.lists[0].find("rate")->absent_count() == 2U);
}

BOOST_AUTO_TEST_CASE(a_field_of_a_record_that_is_refused_has_a_column) {
    const NormalisedTables run = write({R"({"total":1})", R"({"id":"x"})"});
    BOOST_TEST(run.records.row_count() == 1U);
    BOOST_TEST(run.records.find("total")->absent_count() == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_profile_requires_has_a_column_in_an_empty_table) {
    const NormalisedTables run = write({});
    BOOST_TEST(names(run.records) == (Texts{"record", "source_row", "source_system",
                                            "source_record_id", "currency", "rules_applied"}));
    BOOST_TEST(names(run.lists[0]) == (Texts{"record", "element", "principal"}));
}

BOOST_AUTO_TEST_CASE(a_record_has_no_value_of_the_one_before_it) {
    const NormalisedTables run =
        write({R"({"id":"a","total":1,"loans":[]})", R"({"id":"b","loans":[{"principal":5}]})",
               R"({"total":2})", R"({"id":"c"})"});
    BOOST_TEST(run.records.find("total")->presence() == (std::vector<std::uint8_t>{1, 0, 0}));
    BOOST_TEST(uses(run, "total", Rule::replaced_by_list) == 0U);
}

BOOST_AUTO_TEST_CASE(a_refused_cell_is_absent_and_leaves_a_reject) {
    const NormalisedTables run = write({R"({"id":"x","total":"abc"})"});
    BOOST_TEST(!run.records.find("total")->is_present(0));
    BOOST_TEST(rejects(run) == (Texts{"cell total not_a_number abc"}));
    BOOST_TEST(run.rejects[0].reason == "\"abc\" is not a number");
}

BOOST_AUTO_TEST_CASE(a_refused_or_missing_key_refuses_the_record) {
    const NormalisedTables run =
        write({R"({"total":1})", R"({"id":true})", R"({"id":"x","ccy":"XXQ"})", R"({"id":"y"})"});
    BOOST_TEST(run.records.row_count() == 1U);
    BOOST_TEST(run.records.find("record")->int64()[0] == 3);
    BOOST_TEST(rejects(run) == (Texts{"record source_record_id required_missing ",
                                      "record source_record_id unexpected_structure true",
                                      "record currency currency_unknown XXQ"}));
}

BOOST_AUTO_TEST_CASE(an_unreadable_record_leaves_one_reject_with_its_row) {
    const NormalisedTables run = write({R"({"id":"x"})", R"({"id":)"});
    BOOST_TEST(rejects(run) == (Texts{"record  record_unreadable "}));
    BOOST_TEST(run.rejects[0].record == 1);
    BOOST_TEST(run.rejects[0].source_row == 10);
}

BOOST_AUTO_TEST_CASE(the_first_path_of_a_list_that_holds_elements_counts) {
    const NormalisedTables run =
        write({R"({"id":"a","other":{"loans":[{"principal":2}]},"loans":[{"principal":1}]})",
               R"({"id":"b","loans":[],"other":{"loans":[{"principal":3},{"principal":4}]}})",
               R"({"id":"c","loans":[{"principal":5}],"other":{"loans":[{"principal":6}]}})"});
    BOOST_TEST(run.lists[0].find("principal")->float64() ==
               (std::vector<double>{1.0, 3.0, 4.0, 5.0}));
    BOOST_TEST(run.lists[0].find("record")->int64() == (std::vector<std::int64_t>{0, 1, 1, 2}));
    BOOST_TEST(run.lists[0].find("element")->int64() == (std::vector<std::int64_t>{0, 0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(a_list_replaces_the_record_s_own_figure) {
    const NormalisedTables run = write({R"({"id":"a","total":9,"loans":[{"principal":1}]})",
                                        R"({"id":"b","total":9,"loans":[]})"});
    BOOST_TEST(!run.records.find("total")->is_present(0));
    BOOST_TEST(run.records.find("total")->float64()[1] == 9.0);
    BOOST_TEST(uses(run, "total", Rule::replaced_by_list) == 1U);
}

BOOST_AUTO_TEST_CASE(an_element_without_its_required_cell_is_refused_alone) {
    const NormalisedTables run = write({R"({"id":"a","loans":[{"rate":1},{"principal":0},
        {"principal":-1},{"principal":"x"},{"principal":true},{"principal":5,"rate":1}]})"});
    BOOST_TEST(run.records.row_count() == 1U);
    BOOST_TEST(run.lists[0].find("principal")->float64() == (std::vector<double>{5.0}));
    BOOST_TEST(run.lists[0].find("element")->int64() == (std::vector<std::int64_t>{5}));
    BOOST_TEST(rejects(run) == (Texts{"element loans[0].principal required_missing ",
                                      "element loans[1].principal out_of_range 0",
                                      "element loans[2].principal out_of_range -1",
                                      "element loans[3].principal not_a_number x",
                                      "element loans[4].principal not_a_number true"}));
}

BOOST_AUTO_TEST_CASE(a_refused_cell_of_an_element_is_absent_and_the_element_stays) {
    const NormalisedTables run = write({R"({"id":"a","loans":[{"principal":5,"rate":"nan"}]})"});
    BOOST_TEST(!run.lists[0].find("rate")->is_present(0));
    BOOST_TEST(rejects(run) == (Texts{"cell loans[0].rate not_finite nan"}));
}

BOOST_AUTO_TEST_CASE(elements_that_are_no_objects_are_refused_by_their_position) {
    const NormalisedTables run = write({R"({"id":"a","loans":[7,null,{"principal":5},[]]})"});
    BOOST_TEST(rejects(run) == (Texts{"element loans[0] unexpected_structure ",
                                      "element loans[1] unexpected_structure ",
                                      "element loans[3] unexpected_structure "}));
    BOOST_TEST(run.lists[0].row_count() == 1U);
}

BOOST_AUTO_TEST_CASE(what_should_be_a_list_and_is_not_leaves_a_reject) {
    BOOST_TEST(rejects(write({R"({"id":"a","loans":{"principal":5}})"})).size() == 1U);
    BOOST_TEST(rejects(write({R"({"id":"a","loans":5})"})) ==
               (Texts{"cell loans unexpected_structure 5"}));
}

BOOST_AUTO_TEST_CASE(a_refused_record_has_no_list_rows) {
    const NormalisedTables run = write({R"({"loans":[{"principal":5}]})"});
    BOOST_TEST(run.lists[0].row_count() == 0U);
}

BOOST_AUTO_TEST_CASE(a_long_value_is_cut_between_two_characters) {
    const std::string euro = "\xE2\x82\xAC";
    std::string value;
    while (value.size() <= max_shown_bytes) value += euro;
    const NormalisedTables run = write({R"({"id":"a","total":")" + value + "\"}"});
    const std::string kept = run.rejects[0].value;
    BOOST_TEST(kept.size() <= max_shown_bytes + 3);
    BOOST_TEST(kept.ends_with(euro + "…"));
}

BOOST_AUTO_TEST_CASE(each_rule_is_counted_where_it_was_used) {
    const NormalisedTables run = write({R"({"ID":"a","total":" 5 ","ccy":"usd"})",
                                        R"({"id":"b","total":"6","loans":[{"principal":"7"}]})"});
    BOOST_TEST(uses(run, "record", Rule::key_canonicalised) == 1U);
    BOOST_TEST(uses(run, "total", Rule::text_number) == 2U);
    BOOST_TEST(uses(run, "total", Rule::trimmed) == 1U);
    BOOST_TEST(uses(run, "currency", Rule::case_folded) == 1U);
    BOOST_TEST(uses(run, "currency", Rule::default_applied) == 1U);
    BOOST_TEST(uses(run, "loans.principal", Rule::text_number) == 1U);
}

BOOST_AUTO_TEST_CASE(a_row_carries_the_rules_that_touched_it_as_bits) {
    const NormalisedTables run = write({R"({"id":"a","ccy":"EUR"})", R"({"id":"b","ccy":"eur"})"});
    const auto& bits = run.records.find("rules_applied")->int64();
    RuleSet folded;
    folded.add(Rule::case_folded);
    RuleSet given;
    given.add(Rule::default_applied);  // source_system is always the profile's here
    BOOST_TEST(bits[0] == static_cast<std::int64_t>(given.bits()));
    BOOST_TEST(bits[1] == static_cast<std::int64_t>(given.bits() | folded.bits()));
}

BOOST_AUTO_TEST_CASE(two_runs_append_to_what_one_run_gives) {
    const Texts records{R"({"id":"a","total":1,"loans":[{"principal":5},3]})", "x",
                        R"({"id":"b","total":"y"})", R"({"id":"c"})"};
    const NormalisedTables whole = write(records);
    NormalisedRun run(profile());
    RecordReader reader(profile(), RecordForm::json_object);
    RecordWriter writer(profile());
    CapturedRecord captured;
    for (std::size_t i = 0; i < records.size(); ++i) {
        NormalisedRun one(profile());
        reader.read(records[i], captured);
        writer.write(captured, static_cast<std::int64_t>(i), static_cast<std::int64_t>(10 * i),
                     one);
        run.append(std::move(one));
    }
    const NormalisedTables parts = std::move(run).finish();
    BOOST_TEST(rejects(parts) == rejects(whole));
    BOOST_TEST(parts.rule_uses == whole.rule_uses);
    BOOST_TEST((seawall::table_digest(std::vector{&parts.records, parts.lists.data()}) ==
                seawall::table_digest(std::vector{&whole.records, whole.lists.data()})));
}

BOOST_AUTO_TEST_CASE(an_explanation_tells_raw_value_rules_and_refusals) {
    RecordReader reader(profile(), RecordForm::json_object);
    CapturedRecord captured;
    reader.read(R"({"id":"a","ccy":"usd","total":-1,"loans":[4,{"principal":" 5"}]})", captured);
    const std::vector<ExplainedCell> cells = RecordWriter(profile()).explain(captured);
    const auto find = [&](std::string_view field) {
        for (const ExplainedCell& cell : cells) {
            if (cell.field == field) return cell;
        }
        BOOST_FAIL("no such cell");
        return ExplainedCell{};
    };
    BOOST_TEST(find("currency").raw == "usd");
    BOOST_TEST(find("currency").value == "USD");
    BOOST_TEST((find("total").state == CellValue::State::refused));
    BOOST_TEST(find("total").reason == "\"-1\" is below 0");
    BOOST_TEST(find("loans[1].principal").value == "5");
    BOOST_TEST(find("loans[1].principal").applied.contains(Rule::trimmed));
    for (const ExplainedCell& cell : cells) BOOST_TEST(cell.field != "day");
}

BOOST_AUTO_TEST_SUITE_END()
