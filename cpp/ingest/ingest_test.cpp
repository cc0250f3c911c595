#include "ingest/ingest.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "errors/error.hpp"
#include "provenance/table_digest.hpp"

BOOST_AUTO_TEST_SUITE(ingest_test)

using namespace seawall::ingest;
using seawall::Digest;
using seawall::Error;
using seawall::ErrorCode;

namespace {

const TapeProfile& profile() {
    static const TapeProfile parsed = parse_profile(R"({
        "name": "test",
        "fields": [
            {"name": "source_system", "kind": "text", "from": ["system"]},
            {"name": "source_record_id", "kind": "text", "from": ["id"]},
            {"name": "currency", "kind": "currency", "default": "EUR"},
            {"name": "total", "kind": "amount", "from": ["total"], "minimum": 0}
        ],
        "lists": [{"name": "loans", "from": ["loans"], "fields": [
            {"name": "principal", "kind": "amount", "from": ["principal"], "required": true}
        ]}]})");
    return parsed;
}

std::string record(const std::string& system, const std::string& id, const std::string& total) {
    return R"({"system":")" + system + R"(","id":")" + id + R"(","total":)" + total +
           R"(,"loans":[{"principal":1},{"principal":"x"}]})";
}

/// Records of all sorts: good, repeated, unreadable, without a key, with refused cells.
std::string mixed_lines(std::size_t count) {
    std::mt19937_64 random(7);
    std::string lines;
    for (std::size_t i = 0; i < count; ++i) {
        switch (random() % 8) {
            case 0:
                lines += "{\"broken\":";
                break;
            case 1:
                lines += record("s", std::to_string(random() % count), "1");
                break;
            case 2:
                lines += record("s", "", "2");
                break;
            case 3:
                lines += record("s", std::to_string(i), "\"bad\"");
                break;
            default:
                lines += record("t", std::to_string(i), std::to_string(random() % 1000));
        }
        lines += '\n';
    }
    return lines;
}

RawRecords split(std::string_view lines) {
    RawRecords records;
    std::int64_t row = 0;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        ++row;
        if (!line.empty()) records.push(line, row);
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    }
    return records;
}

struct Cut {
    std::size_t records_per_call = std::size_t{1} << 30U;
};

struct Ingested {
    IngestResult result;
    std::vector<std::string> blocks;
};

/// Ingests lines, so many records a call, whose bytes are gone afterwards.
Ingested ingest_cut(const std::string& lines, Cut cut, const IngestOptions& options = {}) {
    const RawRecords all = split(lines);
    IngestStream stream(profile(), RecordForm::json_object, options);
    std::vector<std::string> blocks;
    const auto take = [&] {
        for (std::string& block : stream.take_blocks()) blocks.push_back(std::move(block));
    };
    for (std::size_t begin = 0; begin < all.size(); begin += cut.records_per_call) {
        const std::size_t end = std::min(begin + cut.records_per_call, all.size());
        std::vector<std::string> bytes(all.bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                                       all.bytes.begin() + static_cast<std::ptrdiff_t>(end));
        RawRecords records;
        for (std::size_t i = begin; i < end; ++i) {
            records.push(bytes[i - begin], all.source_rows[i]);
        }
        stream.add(records);
        take();
        for (std::string& text : bytes) std::fill(text.begin(), text.end(), '#');
    }
    IngestResult result = stream.finish();
    take();
    return {.result = std::move(result), .blocks = std::move(blocks)};
}

IngestResult ingest(const std::string& lines, const IngestOptions& options = {}) {
    return ingest_cut(lines, {}, options).result;
}

Digest digest(const IngestResult& result) {
    std::vector<const seawall::Table*> tables{&result.normalised.records};
    for (const seawall::Table& list : result.normalised.lists) tables.push_back(&list);
    return seawall::table_digest(tables);
}

std::vector<std::string> rejects(const IngestResult& result) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < result.normalised.rejects.size(); ++i) {
        const Reject reject = result.normalised.rejects[i];
        texts.push_back(std::to_string(reject.record) + " " + std::to_string(reject.source_row) +
                        " " + reject.field + " " + std::string(rule_name(reject.rule)) + " " +
                        reject.value + " " + reject.reason);
    }
    return texts;
}

Digest leaf(std::string_view bytes) {
    return seawall::leaf_hash(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

}  // namespace

BOOST_AUTO_TEST_CASE(thread_count_does_not_change_a_single_bit) {
    const std::string lines = mixed_lines(20'000);  // ten tasks
    const IngestResult one = ingest(lines, {.parallel = {.threads = 1}});
    BOOST_TEST(one.normalised.rejects.size() > 1'000U);
    BOOST_TEST(one.duplicate_keys > 100U);
    for (const std::size_t threads : {2U, 7U}) {
        const IngestResult many = ingest(lines, {.parallel = {.threads = threads}});
        BOOST_TEST((many.root == one.root));
        BOOST_TEST((many.chunk_roots == one.chunk_roots));
        BOOST_TEST((digest(many) == digest(one)));
        BOOST_TEST(rejects(many) == rejects(one));
        BOOST_TEST(many.normalised.rule_uses == one.normalised.rule_uses);
        BOOST_TEST(many.duplicate_keys == one.duplicate_keys);
    }
}

BOOST_AUTO_TEST_CASE(every_record_is_a_leaf_the_refused_ones_included) {
    const std::string first = record("s", "1", "1");
    const std::string broken = "{\"broken\":";
    const IngestResult result = ingest(first + "\n" + broken + "\n");
    BOOST_TEST((result.root == seawall::node_hash(leaf(first), leaf(broken))));
}

BOOST_AUTO_TEST_CASE(the_root_is_that_of_all_leaves_across_chunks_and_tasks) {
    const std::string lines = mixed_lines(5'000);
    std::vector<Digest> leaves;
    const RawRecords raw = split(lines);
    for (const std::string_view bytes : raw.bytes) leaves.push_back(leaf(bytes));
    BOOST_TEST((ingest(lines).root == seawall::merkle_root(leaves)));
}

BOOST_AUTO_TEST_CASE(of_two_records_with_one_key_the_first_is_kept) {
    const IngestResult result =
        ingest(record("s", "1", "10") + "\n" + record("s", "2", "20") + "\n\n" +
               record("s", "1", "30") + "\n" + record("s", "1", "10"));
    BOOST_TEST(result.normalised.records.find("total")->float64() ==
               (std::vector<double>{10.0, 20.0}));
    BOOST_TEST(result.normalised.lists[0].find("record")->int64() ==
               (std::vector<std::int64_t>{0, 1}));
    BOOST_TEST(result.duplicate_keys == 2U);
    const auto texts = rejects(result);
    BOOST_TEST(texts.at(3) == "2 4 source_record_id duplicate_record 1 row 1 has the same key");
    BOOST_TEST(texts.at(5) == "3 5 source_record_id duplicate_record 1 row 1 is the same record");
}

BOOST_AUTO_TEST_CASE(one_identifier_of_a_thousand_systems_is_a_thousand_records) {
    std::string lines;  // so many that some of their hashes meet in one slot
    for (int i = 0; i < 1'000; ++i) lines += record("s" + std::to_string(i), "1", "10") + "\n";
    const IngestResult result = ingest(lines);
    BOOST_TEST(result.normalised.records.row_count() == 1'000U);
    BOOST_TEST(result.duplicate_keys == 0U);
}

BOOST_AUTO_TEST_CASE(system_and_identifier_are_not_run_together) {
    const IngestResult result =
        ingest(record("ab", "c", "1") + "\n" + record("a", "bc", "1") + "\n");
    BOOST_TEST(result.duplicate_keys == 0U);
}

BOOST_AUTO_TEST_CASE(a_refused_record_does_not_take_its_key_from_a_later_one) {
    const std::string broken = R"({"system":"s","id":"1","id":"1"})";
    const IngestResult result = ingest(broken + "\n" + record("s", "1", "5") + "\n");
    BOOST_TEST(result.normalised.records.row_count() == 1U);
    BOOST_TEST(result.duplicate_keys == 0U);
}

BOOST_AUTO_TEST_CASE(without_normalising_only_the_keys_are_read) {
    const std::string lines = record("s", "1", "\"bad\"") + "\n" + record("s", "1", "2") + "\n";
    const IngestResult keys = ingest(lines, {.normalise = false, .parallel = {}});
    BOOST_TEST(keys.normalised.records.find("total") == nullptr);
    BOOST_TEST(keys.normalised.lists.empty());
    BOOST_TEST(keys.duplicate_keys == 1U);
    BOOST_TEST((keys.root == ingest(lines).root));
}

BOOST_AUTO_TEST_CASE(a_field_that_one_share_alone_has_is_absent_in_all_others) {
    std::string lines;  // three shares; the second alone has totals, and the first no loans
    for (int i = 0; i < 6'000; ++i) {
        const std::string total = i / 2'048 == 1 ? R"(,"total":5)" : "";
        const std::string loans = i / 2'048 == 0 ? "" : R"(,"loans":[{"principal":1}])";
        lines += R"({"system":"s","id":")" + std::to_string(i) + "\"" + total + loans + "}\n";
    }
    const IngestResult result = ingest(lines, {.parallel = {.threads = 2}});
    const seawall::Column& total = *result.normalised.records.find("total");
    BOOST_TEST(total.size() == 6'000U);
    BOOST_TEST(total.absent_count() == 6'000U - 2'048U);
    BOOST_TEST(!total.is_present(2'047));
    BOOST_TEST(total.is_present(2'048));
    BOOST_TEST(total.is_present(4'095));
    BOOST_TEST(!total.is_present(4'096));
    BOOST_TEST(result.normalised.lists[0].find("record")->int64().front() == 2'048);
}

BOOST_AUTO_TEST_CASE(no_records_give_empty_tables_and_the_root_of_nothing) {
    const IngestResult result = ingest("\n");
    BOOST_TEST(result.record_count == 0U);
    BOOST_TEST(result.normalised.records.row_count() == 0U);
    BOOST_TEST((result.root == seawall::merkle_root({})));
}

BOOST_AUTO_TEST_CASE(a_stop_request_ends_the_ingest) {
    const std::stop_source source;
    source.request_stop();
    BOOST_CHECK_EXCEPTION(
        ingest(mixed_lines(10),
               {.parallel = {.control = {.stop = source.get_token(), .completed_units = nullptr}}}),
        Error, [](const Error& error) { return error.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_CASE(progress_counts_every_record) {
    std::atomic<std::uint64_t> done{0};
    ingest(mixed_lines(5'000),
           {.parallel = {.threads = 2, .control = {.stop = {}, .completed_units = &done}}});
    BOOST_TEST(done.load() == 5'000U);
}

BOOST_AUTO_TEST_CASE(stored_blocks_give_the_columns_of_their_source) {
    const std::string lines = mixed_lines(700);
    const Ingested first = ingest_cut(lines, {}, {.keep_blocks = true, .parallel = {}});
    BOOST_TEST(first.blocks.size() == 3U);
    RawRecords records;
    for (const std::string& block : first.blocks) append_chunk(block, records);
    IngestStream stream(profile(), RecordForm::json_object, {});
    stream.add(records);
    const IngestResult again = stream.finish();
    BOOST_TEST((again.root == first.result.root));
    BOOST_TEST((digest(again) == digest(first.result)));
    BOOST_TEST(rejects(again) == rejects(first.result));
}

BOOST_AUTO_TEST_CASE(how_the_records_are_cut_into_calls_does_not_change_a_single_bit) {
    std::string lines = mixed_lines(5'000);
    for (int i = 0; i < 3'000; ++i) {  // more unknown keys than are remembered of one share
        lines += R"({"id":"n)" + std::to_string(i) + R"(","key )" + std::to_string(i % 450) +
                 R"(":1,"total":1})" + "\n";
    }
    const IngestOptions options{.keep_blocks = true, .parallel = {.threads = 2}};
    const Ingested whole = ingest_cut(lines, {}, options);
    BOOST_TEST(whole.result.normalised.unread.size() > 100U);
    for (const std::size_t size : {1U, 100U, 256U, 257U, 2'047U, 3'000U}) {
        const Ingested parts = ingest_cut(lines, {.records_per_call = size}, options);
        BOOST_TEST((parts.result.root == whole.result.root));
        BOOST_TEST((parts.result.chunk_roots == whole.result.chunk_roots));
        BOOST_TEST((digest(parts.result) == digest(whole.result)));
        BOOST_TEST(rejects(parts.result) == rejects(whole.result));
        BOOST_TEST(parts.result.normalised.rule_uses == whole.result.normalised.rule_uses);
        BOOST_TEST((parts.result.normalised.unread == whole.result.normalised.unread));
        BOOST_TEST(parts.blocks == whole.blocks);
    }
}

BOOST_AUTO_TEST_CASE(blocks_are_kept_only_where_they_are_wanted) {
    BOOST_TEST(ingest_cut(mixed_lines(700), {}).blocks.empty());
}

// --- whole keys

/// A record of the profile, with nothing to refuse.
std::string plain(std::size_t id) {
    return R"({"system":"s","id":")" + std::to_string(id) + "\"}\n";
}

BOOST_AUTO_TEST_CASE(the_first_record_without_its_key_ends_the_reading_and_is_told) {
    constexpr std::size_t before = 5'000;
    constexpr std::size_t after = 20'000;
    for (const auto* bad : {"1", "{", R"({"id":"a"})", R"({"system":"s"})"}) {
        std::string lines;
        for (std::size_t i = 0; i < before; ++i) lines += plain(i);
        for (std::size_t i = 0; i < after; ++i) lines += std::string(bad) + '\n';
        std::vector<std::string> told;
        for (const std::size_t threads : {1U, 4U}) {
            for (const std::size_t records_per_call : {700U, 4'096U, 1U << 20U}) {
                const IngestOptions options{.whole_keys = true, .parallel = {.threads = threads}};
                const IngestResult result =
                    ingest_cut(lines, {.records_per_call = records_per_call}, options).result;
                BOOST_TEST(result.record_count == before + after);
                BOOST_REQUIRE(result.keyless.has_value());
                BOOST_TEST(result.keyless->record == before);
                BOOST_REQUIRE(result.normalised.rejects.size() == 1U);
                BOOST_TEST(result.normalised.records.row_count() == before);
                if (told.empty()) told = rejects(result);
                BOOST_TEST(rejects(result) == told);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(records_that_all_have_their_key_are_read_the_same_when_that_is_asked_for) {
    std::string lines;
    for (std::size_t i = 0; i < 5'000; ++i) {
        lines += record("s", std::to_string(i), i % 3 == 0 ? "\"bad\"" : "1") + '\n';
    }
    const IngestResult asked = ingest_cut(lines, {}, {.whole_keys = true, .parallel = {}}).result;
    const IngestResult plainly = ingest_cut(lines, {}).result;
    BOOST_TEST(!asked.keyless.has_value());
    BOOST_TEST(asked.normalised.records.row_count() == 5'000U);
    BOOST_TEST((asked.root == plainly.root));
    BOOST_TEST(rejects(asked) == rejects(plainly));
}

BOOST_AUTO_TEST_SUITE_END()
