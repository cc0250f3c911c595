#include "ingest/xml_records.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(xml_records_test)

using seawall::Column;
using seawall::Error;
using seawall::ErrorCode;
using seawall::Table;
using seawall::ingest::max_xml_columns;
using seawall::ingest::max_xml_context_bytes;
using seawall::ingest::max_xml_depth;
using seawall::ingest::max_xml_record_bytes;
using seawall::ingest::XmlLayout;
using seawall::ingest::XmlRecords;

namespace {

using Record = std::map<std::string, std::string>;
using Texts = std::vector<std::string>;

/// A document as a parser tells it.
class Document {
  public:
    explicit Document(XmlLayout layout = {.record_element = "r", .context = {}})
        : records(std::move(layout)) {}

    Document& start(const std::string& name, const Texts& attributes = {}) {
        std::vector<const char*> parts;
        for (const std::string& part : attributes) parts.push_back(part.c_str());
        parts.push_back(nullptr);
        records.start(name.c_str(), parts.data());
        return *this;
    }
    Document& text(std::string_view piece) {
        records.text(piece);
        return *this;
    }
    Document& end() {
        records.end();
        return *this;
    }
    Document& leaf(const std::string& name, std::string_view content) {
        return start(name).text(content).end();
    }

    XmlRecords records;
};

/// The records that are finished, each with the cells that it has.
std::vector<Record> take(Document& document) {
    std::vector<Record> found(document.records.record_count());
    const Table table = document.records.take();
    for (const Column& column : table.columns) {
        BOOST_TEST(column.size() == found.size());
        for (std::size_t row = 0; row < column.size(); ++row) {
            if (!column.is_present(row)) continue;
            BOOST_TEST(found[row].emplace(column.name(), column.text()[row]).second);
        }
    }
    return found;
}

bool is_limit(const Error& error) {
    return error.code() == ErrorCode::limit_exceeded;
}
bool is_unreadable(const Error& error) {
    return error.code() == ErrorCode::source_unreadable;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_cell_is_named_by_its_path_without_namespaces) {
    Document document;
    document.start("t").start("urn:1}r", {"i", "7"});
    document.leaf("urn:1}a", "1").start("urn:2}p", {"urn:3}k", "v"}).leaf("c", "NY").end();
    document.end();
    const Record wanted{{"@i", "7"}, {"a", "1"}, {"p/@k", "v"}, {"p/c", "NY"}};
    BOOST_TEST((take(document) == std::vector{wanted}));
}

BOOST_AUTO_TEST_CASE(later_siblings_are_numbered_with_all_below_them_anew_in_each_record) {
    Document document;
    document.start("t");
    for (int record = 0; record < 2; ++record) {
        document.start("r").start("p").leaf("c", "1").end();
        document.start("p").leaf("c", "2").leaf("urn:1}c", "3").end().leaf("p", "").end();
    }
    const Record wanted{{"p/c", "1"}, {"p[2]/c", "2"}, {"p[2]/c[2]", "3"}, {"p[3]", ""}};
    BOOST_TEST((take(document) == std::vector{wanted, wanted}));
}

BOOST_AUTO_TEST_CASE(a_name_below_another_parent_is_another_path) {
    Document document;
    document.start("t");
    document.start("r").start("p").leaf("a", "1").end().leaf("a", "2").end();
    document.start("r").start("p").end().leaf("a", "3").end();
    const std::vector<Record> wanted{{{"p/a", "1"}, {"a", "2"}}, {{"p", ""}, {"a", "3"}}};
    BOOST_TEST((take(document) == wanted));
}

BOOST_AUTO_TEST_CASE(text_beside_elements_is_their_parents_and_blanks_are_none) {
    Document document;
    document.start("t").start("r").text("\n ").text("one").start("a").text("x ");
    document.leaf("i", " \t").text(" y").end().text("\r\n").end();
    const Record wanted{{".", "\n one"}, {"a", "x  y"}, {"a/i", " \t"}};
    BOOST_TEST((take(document) == std::vector{wanted}));
}

BOOST_AUTO_TEST_CASE(a_space_that_does_not_break_is_text) {
    Document document;
    document.start("t").start("r").text("\u00a0").leaf("a", "").end();
    const Record wanted{{".", "\u00a0"}, {"a", ""}};
    BOOST_TEST((take(document) == std::vector{wanted}));
}

BOOST_AUTO_TEST_CASE(a_record_that_is_open_waits_for_the_next_take) {
    Document document;
    document.start("t").start("r").leaf("a", "1").end().start("r").leaf("a", "2");
    BOOST_TEST((take(document) == std::vector{Record{{"a", "1"}}}));
    document.leaf("b", "3").end();
    BOOST_TEST(document.records.cell_count() == 2U);
    BOOST_TEST((take(document) == std::vector{Record{{"a", "2"}, {"b", "3"}}}));
    BOOST_TEST(document.records.record_count() == 0U);
}

BOOST_AUTO_TEST_CASE(a_column_is_only_in_a_batch_with_a_cell_of_it) {
    Document document;
    document.start("t").start("r").leaf("a", "1").end();
    take(document);
    document.start("r").leaf("b", "2").end();
    const Table table = document.records.take();
    BOOST_TEST(table.columns.size() == 1U);
    BOOST_TEST(table.columns.front().name() == "b");
}

BOOST_AUTO_TEST_CASE(the_outermost_record_element_counts) {
    Document document;
    document.start("t").start("r").start("r").leaf("a", "1").end().end();
    BOOST_TEST((take(document) == std::vector{Record{{"r/a", "1"}}}));
}

BOOST_AUTO_TEST_CASE(a_context_is_a_column_of_every_record) {
    Document document({.record_element = "r", .context = {"/t/h[2]/d"}});
    document.start("t").leaf("h", "").start("h").leaf("d", "2023").end();
    document.start("r").end().start("r").end();
    const Record wanted{{".", ""}, {"/t/h[2]/d", "2023"}};
    BOOST_TEST((take(document) == std::vector{wanted, wanted}));
}

BOOST_AUTO_TEST_CASE(a_context_that_is_no_leaf_or_absent_is_refused) {
    Document document({.record_element = "r", .context = {"/t/h"}});
    document.start("t").start("h").leaf("d", "").end();
    BOOST_CHECK_EXCEPTION(document.start("r"), Error, is_unreadable);
}

BOOST_AUTO_TEST_CASE(two_attributes_that_differ_by_namespace_only_are_refused) {
    Document document;
    document.start("t");
    BOOST_CHECK_EXCEPTION(document.start("r", {"k", "1", "u}k", "2"}), Error, is_unreadable);
}

BOOST_AUTO_TEST_CASE(a_document_without_records_tells_what_it_repeats_likely_records_first) {
    Document document;
    document.start("t");
    for (int i = 0; i < 3; ++i) document.start("loan").leaf("a", "").leaf("a", "").end();
    BOOST_CHECK_EXCEPTION(document.records.finish(), Error, [](const Error& error) {
        const std::string_view message = error.what();
        return message ==
               "there is no element \"r\", the profile's record_element; the document "
               "is <t> and repeats loan (3)";
    });
}

BOOST_AUTO_TEST_CASE(a_profile_without_a_record_element_is_told_so) {
    Document document(XmlLayout{.record_element = "", .context = {}});
    document.start("t").leaf("a", "1");
    BOOST_CHECK_EXCEPTION(document.records.finish(), Error, [](const Error& error) {
        const std::string_view message = error.what();
        return message ==
               "the profile names no record_element; the document is <t> and repeats "
               "nothing: t, a";
    });
}

BOOST_AUTO_TEST_CASE(depth_has_a_maximum_in_a_record_and_around_it) {
    Document inside;
    inside.start("t").start("r");
    for (std::size_t depth = 1; depth < max_xml_depth; ++depth) inside.start("a");
    BOOST_CHECK_EXCEPTION(inside.start("a"), Error, is_limit);
    Document around;
    for (std::size_t depth = 0; depth < max_xml_depth; ++depth) around.start("a");
    BOOST_CHECK_EXCEPTION(around.start("a"), Error, is_limit);
}

BOOST_AUTO_TEST_CASE(paths_and_names_have_a_maximum) {
    Document inside;
    inside.start("t").start("r");
    for (std::size_t i = 1; i < max_xml_columns; ++i) inside.leaf("a", "");
    BOOST_CHECK_EXCEPTION(inside.start("a"), Error, is_limit);
    Document around;
    around.start("t");
    for (std::size_t i = 1; i < max_xml_columns; ++i) around.leaf("a" + std::to_string(i), "");
    BOOST_CHECK_EXCEPTION(around.start("b"), Error, is_limit);
}

BOOST_AUTO_TEST_CASE(a_record_has_a_maximum_of_text_comments_included_and_the_next_begins_anew) {
    const std::string half(max_xml_record_bytes / 2, 'x');
    Document document;
    document.start("t").start("r").text(half).end().start("r").text(half);
    document.records.other(max_xml_record_bytes / 2);
    BOOST_CHECK_EXCEPTION(document.text("x"), Error, is_limit);
}

BOOST_AUTO_TEST_CASE(a_text_or_tag_around_the_records_has_a_maximum) {
    const std::string most(max_xml_record_bytes, 'x');
    Document text;
    text.start("t").text(most);
    BOOST_CHECK_EXCEPTION(text.text("x"), Error, is_limit);
    Document tag;
    BOOST_CHECK_EXCEPTION(tag.start("t", {"a", most}), Error, is_limit);
}

BOOST_AUTO_TEST_CASE(a_context_has_a_maximum_since_every_record_gets_it) {
    Document document(XmlLayout{.record_element = "r", .context = {"/t/day"}});
    document.start("t").start("day").text(std::string(max_xml_context_bytes + 1, 'x'));
    BOOST_CHECK_EXCEPTION(document.end(), Error, is_limit);
}

BOOST_AUTO_TEST_CASE(progress_stands_still_in_an_open_record_only) {
    Document document;
    document.start("t").start("r");
    const auto begun = document.records.progress();
    document.leaf("a", "1");
    document.records.other(7);
    BOOST_TEST(document.records.progress() == begun);
    document.end();
    BOOST_TEST(document.records.progress() > begun);
}

BOOST_AUTO_TEST_SUITE_END()
