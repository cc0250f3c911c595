#include "bindings/canonical_value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "errors/error.hpp"
#include "provenance/canonical_number.hpp"
#include "provenance/canonical_text.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;

constexpr std::size_t max_depth = 64;
constexpr std::int64_t largest_integer = 9'007'199'254'740'991;  // 2^53 - 1
constexpr std::size_t usual_size = 1024;

/// Where a value stands; written out only when it is refused.
struct Place {
    const Place* outer = nullptr;
    std::optional<std::string_view> key;  // else an index
    std::size_t index = 0;

    std::string text() const {
        if (outer == nullptr) return "";
        const std::string before = outer->text();
        if (!key) return before + "[" + std::to_string(index) + "]";
        return before.empty() ? std::string(*key) : before + "." + std::string(*key);
    }
};

/// What the text keeps of its own; nothing when it is not Unicode.
std::optional<std::string_view> utf8(PyObject* text) {
    Py_ssize_t size = 0;
    const char* const bytes = PyUnicode_AsUTF8AndSize(text, &size);
    if (bytes == nullptr) {
        PyErr_Clear();
        return std::nullopt;
    }
    return std::string_view(bytes, static_cast<std::size_t>(size));
}

/// Orders UTF-8 by UTF-16 code units (RFC 8785, section 3.2.3): only characters from U+E000 to
/// U+FFFF (first byte EE or EF) and those beyond (F0 to F4) stand the other way round.
bool is_before(std::string_view a, std::string_view b) {
    const auto rank = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == 0xEE || byte == 0xEF ? byte + 0x10U : byte;
    };
    const auto [in_a, in_b] = std::ranges::mismatch(a, b);
    if (in_a == a.end() || in_b == b.end()) return a.size() < b.size();
    return rank(*in_a) < rank(*in_b);
}

/// Owns what it names: `plain` runs Python, which may let go of it.
struct Entry {
    std::string_view name;
    py::object key;
    py::object item;
};

class Writer {
  public:
    explicit Writer(const py::function& plain) : plain_(plain) { out_.reserve(usual_size); }

    std::string take() { return std::move(out_); }

    // NOLINTNEXTLINE(misc-no-recursion): max_depth bounds it
    void append(PyObject* value, const Place& place, std::size_t depth) {
        if (PyUnicode_CheckExact(value) || PyFloat_CheckExact(value) || PyDict_CheckExact(value) ||
            PyList_CheckExact(value) || PyTuple_CheckExact(value) || PyLong_CheckExact(value) ||
            PyBool_Check(value) || value == Py_None) {
            append_plain(value, place, depth);
        } else {
            const py::object made = plain_(py::handle(value));
            append_plain(made.ptr(), place, depth);
        }
    }

  private:
    // NOLINTNEXTLINE(misc-no-recursion)
    void append_plain(PyObject* value, const Place& place, std::size_t depth) {
        if (value == Py_None) {
            out_ += "null";
        } else if (PyBool_Check(value)) {
            out_ += value == Py_True ? "true" : "false";
        } else if (PyUnicode_Check(value)) {
            append_text(value, place);
        } else if (PyFloat_Check(value)) {
            append_double(PyFloat_AS_DOUBLE(value), place);
        } else if (PyLong_Check(value)) {
            append_integer(value, place);
        } else if (depth == max_depth) {
            throw Error(ErrorCode::limit_exceeded, place.text(),
                        "more than " + std::to_string(depth) + " containers inside each other");
        } else if (PyDict_Check(value)) {
            append_dictionary(value, place, depth);
        } else if (PyList_Check(value) || PyTuple_Check(value)) {
            append_list(value, place, depth);
        } else {
            refuse(place, "JSON has no " + std::string(Py_TYPE(value)->tp_name));
        }
    }

    [[noreturn]] static void refuse(const Place& place, const std::string& why) {
        throw Error(ErrorCode::invalid_input, place.text(), why);
    }

    void append_text(PyObject* value, const Place& place) {
        const auto text = utf8(value);
        if (!text) refuse(place, "the text is not Unicode");
        append_json_string(out_, *text);
    }

    void append_double(double number, const Place& place) {
        if (!std::isfinite(number)) refuse(place, "the number is not finite");
        append_json_number(out_, number);
    }

    void append_integer(PyObject* value, const Place& place) {
        int overflow = 0;
        const std::int64_t number = PyLong_AsLongLongAndOverflow(value, &overflow);
        if (overflow != 0 || number > largest_integer || number < -largest_integer) {
            refuse(place, "the integer is beyond 2**53 - 1");
        }
        std::array<char, 20> text;
        const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
        out_.append(text.data(), end);
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    void append_dictionary(PyObject* value, const Place& place, std::size_t depth) {
        std::vector<Entry> entries;
        entries.reserve(static_cast<std::size_t>(PyDict_GET_SIZE(value)));
        PyObject* key = nullptr;
        PyObject* item = nullptr;
        for (Py_ssize_t position = 0; PyDict_Next(value, &position, &key, &item) != 0;) {
            if (!PyUnicode_Check(key)) {
                refuse(place, "the key " + std::string(py::repr(key)) + " is not text");
            }
            const auto text = utf8(key);
            if (!text) refuse(place, "the text is not Unicode");
            entries.push_back({.name = *text,
                               .key = py::reinterpret_borrow<py::object>(key),
                               .item = py::reinterpret_borrow<py::object>(item)});
        }
        std::ranges::sort(entries, is_before, &Entry::name);
        char separator = '{';
        for (const Entry& entry : entries) {
            out_ += std::exchange(separator, ',');
            append_json_string(out_, entry.name);
            out_ += ':';
            append(entry.item.ptr(), {.outer = &place, .key = entry.name}, depth + 1);
        }
        out_ += entries.empty() ? "{}" : "}";
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    void append_list(PyObject* value, const Place& place, std::size_t depth) {
        out_ += '[';
        for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(value); ++i) {
            if (i > 0) out_ += ',';
            const auto item =
                py::reinterpret_borrow<py::object>(PySequence_Fast_GET_ITEM(value, i));
            append(item.ptr(),
                   {.outer = &place, .key = std::nullopt, .index = static_cast<std::size_t>(i)},
                   depth + 1);
        }
        out_ += ']';
    }

    const py::function& plain_;
    std::string out_;
};

}  // namespace

std::string canonical_json(const py::object& value, const py::function& plain) {
    Writer writer(plain);
    writer.append(value.ptr(), {}, 0);
    return writer.take();
}

}  // namespace seawall::bindings
