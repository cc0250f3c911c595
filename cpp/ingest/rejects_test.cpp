#include "ingest/rejects.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(rejects_test)

using namespace seawall::ingest;
using seawall::Table;

namespace {

using Texts = std::vector<std::string>;

Refusal of_record(std::int64_t record, std::string_view field, std::string_view value = "") {
    return {.record = record,
            .source_row = record + 1,
            .part = RefusedPart::record,
            .rule = Rule::required_missing,
            .list = {},
            .field = field,
            .value = value,
            .reason = "it has none"};
}

Refusal of_element(std::int64_t element, std::string_view field) {
    return {.record = 0,
            .source_row = 1,
            .part = RefusedPart::element,
            .rule = Rule::unexpected_structure,
            .list = "loans",
            .element = element,
            .field = field,
            .value = "",
            .reason = "must be an object"};
}

/// Record, field, value and reason of each.
Texts told(const Rejects& rejects) {
    Texts texts;
    for (std::size_t i = 0; i < rejects.size(); ++i) {
        const Reject reject = rejects[i];
        texts.push_back(std::to_string(reject.record) + "|" + reject.field + "|" + reject.value +
                        "|" + reject.reason);
    }
    return texts;
}

Texts column(const Table& table, std::string_view name) {
    Texts texts;
    const auto& values = table.find(name)->text();
    for (std::size_t row = 0; row < values.size(); ++row) texts.emplace_back(values[row]);
    return texts;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_reject_is_told_as_it_was_met) {
    Rejects rejects;
    rejects.push(of_record(7, "id", "x"));
    rejects.push(of_element(3, "principal"));
    rejects.push(of_element(4, ""));
    BOOST_TEST(told(rejects) ==
               (Texts{"7|id|x|it has none", "0|loans[3].principal||must be an object",
                      "0|loans[4]||must be an object"}));
    BOOST_TEST(rejects[0].source_row == 8);
    BOOST_TEST((rejects.part(1) == RefusedPart::element));
    BOOST_TEST((rejects.rule(0) == Rule::required_missing));
}

BOOST_AUTO_TEST_CASE(very_many_texts_are_all_told_as_they_were_met) {
    Rejects rejects;
    Texts expected;
    for (int i = 0; i < 10'000; ++i) {
        const std::string value = i % 3 == 0 ? "" : std::to_string(i % 997);
        rejects.push(of_record(i, "id", value));
        expected.push_back(std::to_string(i) + "|id|" + value + "|it has none");
    }
    BOOST_TEST(told(rejects) == expected);
}

BOOST_AUTO_TEST_CASE(runs_that_are_appended_tell_the_same_as_one) {
    Rejects whole;
    Rejects parts;
    for (int run = 0; run < 5; ++run) {
        Rejects next;
        for (int i = 0; i < 3 * run; ++i) {  // the first one is empty
            for (Rejects* rejects : {&whole, &next}) {
                rejects->push(of_record(run, "id", std::to_string(i)));
                rejects->push(of_element(i, "rate"));
            }
        }
        parts.append(std::move(next));
    }
    BOOST_TEST(told(parts) == told(whole));
}

BOOST_AUTO_TEST_CASE(sorting_by_record_keeps_the_order_within_one) {
    Rejects rejects;
    rejects.push(of_record(2, "a"));
    rejects.push(of_record(1, "b"));
    rejects.push(of_record(2, "c"));
    rejects.push(of_record(1, "d"));
    rejects.sort_by_record();
    BOOST_TEST(told(rejects) == (Texts{"1|b||it has none", "1|d||it has none", "2|a||it has none",
                                       "2|c||it has none"}));
}

BOOST_AUTO_TEST_CASE(as_columns_there_are_as_many_as_asked_for_with_or_without_what_is_set_aside) {
    Rejects rejects;
    for (const auto part : {RefusedPart::set_aside, RefusedPart::cell, RefusedPart::record}) {
        Refusal refusal = of_record(1, refused_part_names[static_cast<std::size_t>(part)]);
        refusal.part = part;
        rejects.push(refusal);
    }
    BOOST_TEST(column(rejects.table(9), "refused") == (Texts{"set_aside", "cell", "record"}));
    BOOST_TEST(column(rejects.table(2), "field") == (Texts{"set_aside", "cell"}));
    BOOST_TEST(column(rejects.table(1, false), "refused") == (Texts{"cell"}));
    BOOST_TEST(column(rejects.table(9, false), "rule") ==
               (Texts{"required_missing", "required_missing"}));
    BOOST_TEST(rejects.table(0).row_count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
