#include "table/arrow_import.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(arrow_import_test)

using namespace seawall;

namespace {

void release_nothing(ArrowSchema* schema) {
    schema->release = nullptr;
}
void release_nothing(ArrowArray* array) {
    array->release = nullptr;
}

/// A producer of one column, as another library would be: two batches, the second an offset into
/// its buffers.
struct Producer {
    const char* root_format = "+s";
    const char* format = "l";
    bool dictionary = false;
    bool fails_at_schema = false;
    bool fails_at_batch = false;
    std::int64_t batch_offset = 0;
    int releases = 0;

    std::vector<std::int64_t> numbers{10, 11, 12, 13, 14};
    std::uint8_t validity = 0b11110111;  // row 3 of the buffer is absent
    std::array<const void*, 2> buffers{&validity, numbers.data()};
    std::array<const void*, 1> no_buffers{nullptr};
    ArrowSchema child_schema{}, index_schema{};
    ArrowSchema* child_schema_pointer = &child_schema;
    std::array<ArrowArray, 2> children{};
    std::array<ArrowArray*, 2> child_pointers{&children[0], &children[1]};
    std::size_t next = 0;

    ArrowArrayStream stream() {
        ArrowArrayStream result{};
        result.private_data = this;
        result.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
            return of(self).schema(out);
        };
        result.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
            return of(self).batch(out);
        };
        result.get_last_error = [](ArrowArrayStream*) { return "the producer's own words"; };
        result.release = [](ArrowArrayStream* self) {
            ++of(self).releases;
            self->release = nullptr;
        };
        return result;
    }

    static Producer& of(ArrowArrayStream* self) {
        return *static_cast<Producer*>(self->private_data);
    }

    int schema(ArrowSchema* out) {
        if (fails_at_schema) return EIO;
        child_schema = {};
        child_schema.format = format;
        child_schema.name = "n";
        child_schema.release = release_nothing;
        index_schema = {};
        index_schema.format = "u";
        if (dictionary) child_schema.dictionary = &index_schema;
        *out = {};
        out->format = root_format;
        out->name = "";
        out->release = release_nothing;
        if (std::string(root_format) == "+s") {
            out->n_children = 1;
            out->children = &child_schema_pointer;
        }
        return 0;
    }

    int batch(ArrowArray* out) {
        *out = {};
        if (next == children.size()) return 0;
        if (fails_at_batch && next == 1) return EIO;
        ArrowArray& child = children[next];
        child = {};
        child.offset = next == 0 ? 0 : 2;
        child.length = next == 0 ? 2 : 3;
        child.null_count = -1;
        child.n_buffers = 2;
        child.buffers = buffers.data();
        child.release = release_nothing;
        out->length = child.length;
        out->offset = batch_offset;
        out->n_buffers = 1;
        out->buffers = no_buffers.data();
        out->n_children = 1;
        out->children = &child_pointers[next];
        out->release = release_nothing;
        ++next;
        return 0;
    }
};

/// Code and place at which an import is refused.
std::pair<std::string, std::string> refusal(Producer& producer) {
    ArrowArrayStream stream = producer.stream();
    try {
        import_table(&stream);
    } catch (const Error& error) {
        return {std::string(code_name(error.code())), error.where()};
    }
    return {"accepted", ""};
}

using Refusal = std::pair<std::string, std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(batches_and_offsets_become_one_column) {
    Producer producer;
    ArrowArrayStream stream = producer.stream();
    const Table table = import_table(&stream);
    const Column& column = table.columns.at(0);
    BOOST_TEST(column.int64() == (std::vector<std::int64_t>{10, 11, 12, 0, 14}));
    BOOST_TEST(column.absent_count() == 1U);
    BOOST_TEST(!column.is_present(3));
    BOOST_TEST(producer.releases == 1);
}

BOOST_AUTO_TEST_CASE(a_type_that_no_column_has_is_refused_by_name) {
    for (const char* format : {"i", "f", "U", "vu", "n", "tdm", "+l", "z"}) {
        Producer producer{.format = format};
        BOOST_TEST((refusal(producer) == Refusal{"invalid_input", "n"}), format);
        BOOST_TEST(producer.releases == 1);
    }
}

BOOST_AUTO_TEST_CASE(the_indices_of_a_dictionary_are_not_taken_for_its_values) {
    Producer producer{.dictionary = true};
    BOOST_TEST((refusal(producer) == Refusal{"invalid_input", "n"}));
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_no_table_is_refused) {
    Producer producer{.root_format = "l"};
    BOOST_TEST(refusal(producer).first == "invalid_input");
}

BOOST_AUTO_TEST_CASE(a_producer_s_failure_is_told_in_its_words_and_releases_the_stream) {
    Producer at_schema{.fails_at_schema = true};
    Producer at_batch{.fails_at_batch = true};
    for (Producer* producer : {&at_schema, &at_batch}) {
        ArrowArrayStream stream = producer->stream();
        BOOST_CHECK_EXCEPTION(import_table(&stream), Error, [](const Error& error) {
            return error.code() == ErrorCode::source_unreadable &&
                   std::string(error.what()) == "the producer's own words";
        });
        BOOST_TEST(producer->releases == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_sliced_batch_is_refused) {
    Producer producer{.batch_offset = 1};
    BOOST_TEST(refusal(producer).first == "source_unreadable");
}

BOOST_AUTO_TEST_SUITE_END()
