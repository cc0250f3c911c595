#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "ingest/ingest.hpp"
#include "ingest/json_split.hpp"
#include "ingest/record_reader.hpp"
#include "ingest/record_writer.hpp"

BOOST_AUTO_TEST_SUITE(record_kind_test)

using namespace seawall::ingest;
using Texts = std::vector<std::string>;

namespace {

/// Loans among other things: a loan has an amount, or a list of notes.
TapeProfile loans(const std::string& more = "") {
    return parse_profile(R"({
        "name": "test", "source_system": "t", "only_with": ["originalAmount", "deal.notes"],)" +
                         more + R"("fields": [
            {"name": "source_record_id", "kind": "text", "from": ["id"]},
            {"name": "currency", "kind": "currency", "default": "EUR"},
            {"name": "rate", "kind": "rate", "unit": "percent", "from": ["rate"]}
        ]})");
}

IngestResult ingest(const std::string& lines, const TapeProfile& profile = loans(),
                    const IngestOptions& options = {}) {
    IngestStream stream(profile, RecordForm::json_object, options);
    NdjsonSplitter splitter;
    const auto take = [&](const RawRecords& records) { stream.add(records); };
    splitter.add(lines, take);
    splitter.finish(take);
    return stream.finish();
}

/// What is rejected: part, rule and reason of each, in order.
Texts rejects(const IngestResult& result) {
    static constexpr std::string_view parts[] = {"cell", "element", "record", "set_aside"};
    Texts texts;
    for (std::size_t i = 0; i < result.normalised.rejects.size(); ++i) {
        const Reject reject = result.normalised.rejects[i];
        texts.push_back(std::string(parts[static_cast<std::size_t>(reject.part)]) + " " +
                        std::string(rule_name(reject.rule)) + " " + reject.reason);
    }
    return texts;
}

Texts ids(const IngestResult& result) {
    Texts texts;
    const auto& column = result.normalised.records.find("source_record_id")->text();
    for (std::size_t row = 0; row < column.size(); ++row) texts.emplace_back(column[row]);
    return texts;
}

const std::string set_aside = "set_aside other_kind the record has no originalamount, deal.notes";

}  // namespace

BOOST_AUTO_TEST_CASE(a_record_with_any_of_the_paths_is_of_the_kind) {
    const IngestResult result = ingest(R"({"id":"1","originalAmount":0})"
                                       "\n"
                                       R"({"id":"2","deal":{"notes":[]}})"
                                       "\n"
                                       R"({"id":"3","deal":{"notes":{}}})"
                                       "\n"
                                       R"({"id":"4","deal":{"name":"x"}})"
                                       "\n");
    BOOST_TEST(ids(result) == (Texts{"1", "2", "3"}));
    BOOST_TEST(rejects(result) == (Texts{set_aside}));
    BOOST_TEST(result.normalised.rejects[0].record == 3);
}

BOOST_AUTO_TEST_CASE(a_path_that_is_null_or_blank_does_not_make_the_kind) {
    const IngestResult result = ingest(R"({"id":"1","originalAmount":null})"
                                       "\n"
                                       R"({"id":"2","originalAmount":" "})"
                                       "\n");
    BOOST_TEST(rejects(result) == (Texts{set_aside, set_aside}));
}

BOOST_AUTO_TEST_CASE(a_record_of_another_kind_is_judged_by_no_other_rule) {
    const IngestResult result = ingest(R"({" ID ":"","rate":"bad","rate":"bad"})"
                                       "\n");
    BOOST_TEST(rejects(result) == (Texts{set_aside}));
    std::uint64_t uses = 0;
    for (const std::uint64_t count : result.normalised.rule_uses) uses += count;
    BOOST_TEST(uses == 1U);
}

BOOST_AUTO_TEST_CASE(a_record_that_cannot_be_read_is_refused_and_not_set_aside) {
    const IngestResult result = ingest("{\"id\":\n[1]\n");
    BOOST_REQUIRE(result.normalised.rejects.size() == 2U);
    for (std::size_t i = 0; i < result.normalised.rejects.size(); ++i) {
        const Reject reject = result.normalised.rejects[i];
        BOOST_TEST((reject.part == RefusedPart::record));
        BOOST_TEST((reject.rule == Rule::record_unreadable));
    }
}

BOOST_AUTO_TEST_CASE(a_record_of_another_kind_does_not_take_a_key) {
    const IngestResult result = ingest(R"({"id":"1"})"
                                       "\n"
                                       R"({"id":"1","originalAmount":5})"
                                       "\n");
    BOOST_TEST(result.duplicate_keys == 0U);
    BOOST_TEST(ids(result) == (Texts{"1"}));
}

BOOST_AUTO_TEST_CASE(the_kind_is_judged_without_normalising_too) {
    const std::string lines = R"({"id":"1"})"
                              "\n"
                              R"({"id":"2","originalAmount":5})"
                              "\n";
    const IngestResult result = ingest(lines, loans(), {.normalise = false, .parallel = {}});
    BOOST_TEST(rejects(result) == (Texts{set_aside}));
    BOOST_TEST(ids(result) == (Texts{"2"}));
}

BOOST_AUTO_TEST_CASE(only_keys_of_the_kind_s_records_are_told_as_not_read) {
    const IngestResult result = ingest(R"({"id":"1","door":1,"both":1})"
                                       "\n"
                                       R"({"id":"2","originalAmount":5,"both":1,"own":1})"
                                       "\n"
                                       R"({"id":"3","originalAmount":5,"late":1})"
                                       "\n");
    const auto& unread = result.normalised.unread;
    BOOST_TEST(Texts(unread.begin(), unread.end()) == (Texts{"both", "late", "own"}));
}

BOOST_AUTO_TEST_CASE(an_explanation_says_that_a_record_is_of_another_kind) {
    const TapeProfile profile = loans();
    RecordReader reader(profile, RecordForm::json_object);
    CapturedRecord captured;
    reader.read(R"({"id":"1"})", captured);
    const auto cells = RecordWriter(profile).explain(captured);
    BOOST_TEST(cells.back().field == "record");
    BOOST_TEST(cells.back().reason == "other_kind: the record has no originalamount, deal.notes");
}

BOOST_AUTO_TEST_CASE(a_row_that_is_the_key_is_the_row_of_the_source) {
    const TapeProfile profile = parse_profile(R"({
        "name": "test", "source_system": "t", "key": "row",
        "fields": [{"name": "currency", "kind": "currency", "default": "EUR"}]})");
    const IngestResult result = ingest("{}\n{\"id\":\"9\"}\n{}\n", profile);
    const auto& rows = result.normalised.records.find("source_row")->int64();
    Texts expected;
    for (std::size_t row = 0; row < 3; ++row) expected.push_back(std::to_string(rows[row]));
    BOOST_TEST(ids(result) == expected);
    BOOST_TEST(result.duplicate_keys == 0U);
    const IngestResult keys = ingest("{}\n{}\n", profile, {.normalise = false, .parallel = {}});
    BOOST_TEST(keys.duplicate_keys == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
