#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bindings/canonical_value.hpp"
#include "bindings/digests.hpp"
#include "bindings/ledger_rows.hpp"
#include "bindings/module.hpp"
#include "bindings/postgres_arrays.hpp"
#include "bindings/tables.hpp"
#include "provenance/identifier.hpp"
#include "provenance/log_leaf.hpp"
#include "provenance/merkle.hpp"
#include "provenance/table_digest.hpp"

namespace seawall::bindings {

namespace py = pybind11;

namespace {

using Row = py::typing::Tuple<py::object, py::ellipsis>;
using PlainMaker = py::typing::Callable<py::object(py::object)>;

std::string derive_identifier(std::string_view prefix,
                              const std::vector<std::variant<py::bytes, py::str>>& parts) {
    std::vector<std::string_view> views;
    views.reserve(parts.size());
    for (const auto& part : parts) {
        if (const auto* bytes = std::get_if<py::bytes>(&part)) {
            views.emplace_back(*bytes);
            continue;
        }
        Py_ssize_t size = 0;
        const char* const text = PyUnicode_AsUTF8AndSize(std::get<py::str>(part).ptr(), &size);
        if (text == nullptr) {
            PyErr_Clear();
            throw Error(ErrorCode::invalid_input, "parts", "the text is not Unicode");
        }
        views.emplace_back(text, static_cast<std::size_t>(size));
    }
    return identifier(prefix, views);
}

using Documents = std::vector<std::pair<std::string, py::bytes>>;

/// Each document's identifier, and the canonical JSON that it is derived from.
Documents identified_documents(std::string_view prefix, std::string_view tenant,
                               const py::typing::List<py::object>& documents,
                               const PlainMaker& plain) {
    Documents made;
    made.reserve(documents.size());
    for (const py::handle document : documents) {
        const std::string json =
            canonical_json(py::reinterpret_borrow<py::object>(document), plain);
        const std::array<std::string_view, 2> parts{tenant, json};
        made.emplace_back(identifier(prefix, parts), json);
    }
    return made;
}

/// The bytes of a cell of a row of the ledger; `digits` holds those of a number.
std::string_view cell_bytes(py::handle cell, std::string& digits) {
    if (PyBytes_Check(cell.ptr()) != 0) {
        return {PyBytes_AS_STRING(cell.ptr()),
                static_cast<std::size_t>(PyBytes_GET_SIZE(cell.ptr()))};
    }
    if (PyUnicode_Check(cell.ptr()) != 0) {
        Py_ssize_t size = 0;
        const char* const text = PyUnicode_AsUTF8AndSize(cell.ptr(), &size);
        if (text != nullptr) return {text, static_cast<std::size_t>(size)};
        PyErr_Clear();
        throw Error(ErrorCode::invalid_input, "rows", "the text is not Unicode");
    }
    if (PyLong_CheckExact(cell.ptr()) != 0) {
        digits = py::cast<std::string>(py::str(cell));
        return digits;
    }
    throw Error(ErrorCode::invalid_input, "rows",
                "a cell is neither text nor bytes nor an integer");
}

std::vector<Digest> log_leaf_hashes(std::string_view tag, const std::vector<Row>& rows) {
    std::string head;
    append_netstring(head, tag);
    std::string leaves;
    std::string digits;
    std::vector<std::size_t> ends;
    ends.reserve(rows.size());
    for (const Row& row : rows) {
        leaves += head;
        for (const py::handle cell : row) append_netstring(leaves, cell_bytes(cell, digits));
        ends.push_back(leaves.size());
    }
    const py::gil_scoped_release release;
    return leaf_hashes(leaves, ends);
}

}  // namespace

void register_provenance(py::module_& module) {
    module.attr("LEAVES_PER_CHUNK") = leaves_per_chunk;
    module.def(
        "merkle_root",
        [](const py::bytes& digests) { return to_python(merkle_root(digests_from(digests))); },
        py::arg("digests"),
        "Root (32 bytes) over leaf hashes or chunk roots, given as 32 bytes each, by RFC 6962.");
    module.def(
        "extend_peaks",
        [](std::size_t leaf_count, const py::bytes& peaks, const py::bytes& leaves) {
            const TreePeaks grown = extended(
                {.leaf_count = leaf_count, .roots = digests_from(peaks)}, digests_from(leaves));
            return to_python(grown.roots);
        },
        py::arg("leaf_count"), py::arg("peaks"), py::arg("leaves"),
        "Roots of the complete subtrees of a tree, largest first, once leaf hashes are added.");
    module.def(
        "log_leaf_hashes",
        [](std::string_view tag, const std::vector<Row>& rows) {
            return to_python(log_leaf_hashes(tag, rows));
        },
        py::arg("tag"), py::arg("rows"),
        "Leaf hashes (32 bytes each) of rows of the ledger: netstrings of a tag and of each cell.");
    module.def("in_order_of", &in_order_of, py::arg("rows"), py::arg("texts"),
               "Rows in the order of their texts, by code points; of equal ones as they were.");
    module.def("cells_of_rows", &cells_of_rows, py::arg("first"), py::arg("rows"),
               py::arg("fields"), "Of each row a tuple: the first cell, then its fields.");
    module.def(
        "joined_cells", &joined_cells, py::arg("rows"), py::arg("numbers"),
        "The cells of all rows one after the other, each row followed by its number if any.");
    module.def(
        "binary_columns", &binary_columns, py::arg("rows"), py::arg("types"),
        "Columns of rows as arrays in PostgreSQL's binary format, of element types by their\n"
        "numbers: cells of a text are texts, of any other type bytes.");
    module.def(
        "inclusion_path",
        [](const py::bytes& chunk_leaves, const py::bytes& chunk_roots, std::size_t index) {
            const auto leaves = digests_from(chunk_leaves);
            const auto roots = digests_from(chunk_roots);
            std::vector<py::bytes> path;
            for (const Digest& digest :
                 chunked_inclusion_path({.chunk_leaves = leaves, .chunk_roots = roots}, index)) {
                path.push_back(to_python(digest));
            }
            return path;
        },
        py::arg("chunk_leaves"), py::arg("chunk_roots"), py::arg("index"),
        "Siblings from leaf `index` up to the root, from its chunk's leaf hashes and all chunk "
        "roots.");
    module.def(
        "table_digest",
        [](const std::vector<NativeTable>& tables) {
            std::vector<const Table*> pointers;
            pointers.reserve(tables.size());
            for (const NativeTable& table : tables) pointers.push_back(table.table.get());
            Digest digest;
            {
                const py::gil_scoped_release release;
                digest = table_digest(pointers);
            }
            return to_python(digest);
        },
        py::arg("tables"),
        "SHA-256 (32 bytes) over what tables hold, whatever file format carries them.");
    module.def(
        "canonical_json",
        [](const py::object& value, const PlainMaker& plain) {
            return py::bytes(canonical_json(value, plain));
        },
        py::arg("value"), py::arg("plain"),
        "RFC 8785 canonical JSON of dictionaries, lists, tuples, text, numbers, booleans and "
        "None;\n"
        "`plain` makes them of anything else.");
    module.def(
        "identified_documents", &identified_documents, py::arg("prefix"), py::arg("tenant"),
        py::arg("documents"), py::arg("plain"),
        "Of each document its identifier, derived from a tenant and its canonical JSON, and that "
        "JSON.");
    module.def(
        "sha256",
        [](const py::bytes& bytes) {
            const std::string_view view(bytes);
            return to_python(sha256(std::as_bytes(std::span(view))));
        },
        py::arg("bytes"), "SHA-256 (32 bytes), without letting go of the interpreter.");
    module.def("identifier", &derive_identifier, py::arg("prefix"), py::arg("parts"),
               "Derives an identifier from what it identifies, part by part; text counts as its "
               "UTF-8.");
}

}  // namespace seawall::bindings
