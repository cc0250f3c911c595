#include "table/arrow_export.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace seawall {
namespace {

const char* arrow_format(ColumnType type) {
    switch (type) {
        case ColumnType::float64:
            return "g";
        case ColumnType::int64:
            return "l";
        case ColumnType::date32:
            return "tdD";
        case ColumnType::boolean:
            return "b";
        case ColumnType::text:
            return "u";
    }
    return "n";
}

struct SchemaHolder {
    std::string name;
    std::vector<ArrowSchema> children;
    std::vector<ArrowSchema*> child_pointers;
};

void release_schema(ArrowSchema* schema) {
    const std::unique_ptr<SchemaHolder> holder(static_cast<SchemaHolder*>(schema->private_data));
    for (ArrowSchema& child : holder->children) {
        if (child.release != nullptr) child.release(&child);
    }
    schema->release = nullptr;
}

void fill_schema(ArrowSchema* out, const char* format, std::unique_ptr<SchemaHolder> holder) {
    for (ArrowSchema& child : holder->children) holder->child_pointers.push_back(&child);
    *out = ArrowSchema{
        .format = format,
        .name = holder->name.c_str(),
        .metadata = nullptr,
        .flags = arrow_flag_nullable,
        .n_children = static_cast<std::int64_t>(holder->children.size()),
        .children = holder->child_pointers.data(),
        .dictionary = nullptr,
        .release = release_schema,
        .private_data = nullptr,
    };
    out->private_data = holder.release();
}

void export_schema(const Table& table, ArrowSchema* out) {
    auto root = std::make_unique<SchemaHolder>();
    for (const Column& column : table.columns) {
        auto child = std::make_unique<SchemaHolder>();
        child->name = column.name();
        fill_schema(&root->children.emplace_back(), arrow_format(column.type()), std::move(child));
    }
    fill_schema(out, "+s", std::move(root));
}

struct ArrayHolder {
    std::shared_ptr<const Table> table;
    std::vector<std::uint8_t> validity_bits;
    std::vector<std::uint8_t> value_bits;
    std::array<const void*, 3> buffers{};
    std::vector<ArrowArray> children;
    std::vector<ArrowArray*> child_pointers;
};

void release_array(ArrowArray* array) {
    const std::unique_ptr<ArrayHolder> holder(static_cast<ArrayHolder*>(array->private_data));
    for (ArrowArray& child : holder->children) {
        if (child.release != nullptr) child.release(&child);
    }
    array->release = nullptr;
}

template <typename Byte>
std::vector<std::uint8_t> pack_bits(const std::vector<Byte>& bytes) {
    std::vector<std::uint8_t> bits((bytes.size() + 7) / 8);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bits[i / 8] =
            static_cast<std::uint8_t>(bits[i / 8] | (static_cast<unsigned>(bytes[i]) << (i % 8)));
    }
    return bits;
}

void fill_array(ArrowArray* out, std::int64_t length, std::int64_t null_count,
                std::int64_t buffer_count, std::unique_ptr<ArrayHolder> holder) {
    for (ArrowArray& child : holder->children) holder->child_pointers.push_back(&child);
    *out = ArrowArray{
        .length = length,
        .null_count = null_count,
        .offset = 0,
        .n_buffers = buffer_count,
        .n_children = static_cast<std::int64_t>(holder->children.size()),
        .buffers = holder->buffers.data(),
        .children = holder->child_pointers.data(),
        .dictionary = nullptr,
        .release = release_array,
        .private_data = nullptr,
    };
    out->private_data = holder.release();
}

void export_column(const std::shared_ptr<const Table>& table, const Column& column,
                   ArrowArray* out) {
    auto holder = std::make_unique<ArrayHolder>();
    holder->table = table;
    if (column.absent_count() > 0) {
        holder->validity_bits = pack_bits(column.presence());
        holder->buffers[0] = holder->validity_bits.data();
    }
    std::int64_t buffer_count = 2;
    switch (column.type()) {
        case ColumnType::float64:
            holder->buffers[1] = column.float64().data();
            break;
        case ColumnType::int64:
            holder->buffers[1] = column.int64().data();
            break;
        case ColumnType::date32:
            holder->buffers[1] = column.dates().data();
            break;
        case ColumnType::boolean:
            holder->value_bits = pack_bits(column.truths());
            holder->buffers[1] = holder->value_bits.data();
            break;
        case ColumnType::text:
            holder->buffers[1] = column.text().offsets.data();
            holder->buffers[2] = column.text().bytes.data();
            buffer_count = 3;
            break;
    }
    fill_array(out, static_cast<std::int64_t>(column.size()),
               static_cast<std::int64_t>(column.absent_count()), buffer_count, std::move(holder));
}

void export_batch(const std::shared_ptr<const Table>& table, ArrowArray* out) {
    auto root = std::make_unique<ArrayHolder>();
    root->table = table;
    for (const Column& column : table->columns) {
        export_column(table, column, &root->children.emplace_back());
    }
    fill_array(out, static_cast<std::int64_t>(table->row_count()), 0, 1, std::move(root));
}

struct StreamHolder {
    std::shared_ptr<const Table> table;
    bool exhausted = false;
};

StreamHolder& holder_of(const ArrowArrayStream* stream) {
    return *static_cast<StreamHolder*>(stream->private_data);
}

int stream_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    try {
        export_schema(*holder_of(stream).table, out);
        return 0;
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    }
}

int stream_next(ArrowArrayStream* stream, ArrowArray* out) {
    StreamHolder& holder = holder_of(stream);
    if (holder.exhausted) {
        out->release = nullptr;  // the end of a stream, by the specification
        return 0;
    }
    try {
        export_batch(holder.table, out);
        holder.exhausted = true;
        return 0;
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    }
}

const char* stream_error(ArrowArrayStream* /*stream*/) {
    return nullptr;
}

void release_stream(ArrowArrayStream* stream) {
    const std::unique_ptr<StreamHolder> holder(static_cast<StreamHolder*>(stream->private_data));
    stream->release = nullptr;
}

}  // namespace

void export_stream(std::shared_ptr<const Table> table, ArrowArrayStream* out) {
    auto holder = std::make_unique<StreamHolder>();
    holder->table = std::move(table);
    *out = ArrowArrayStream{
        .get_schema = stream_schema,
        .get_next = stream_next,
        .get_last_error = stream_error,
        .release = release_stream,
        .private_data = nullptr,
    };
    out->private_data = holder.release();
}

}  // namespace seawall
