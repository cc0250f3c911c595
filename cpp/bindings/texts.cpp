#include "bindings/texts.hpp"

#include "errors/error.hpp"

namespace seawall::bindings {

namespace py = pybind11;

void fetch(const void* object, std::size_t bytes) {
    const auto* const begin = static_cast<const char*>(object);
    for (std::size_t at = 0; at < bytes; at += line_bytes) __builtin_prefetch(begin + at);
}

std::vector<std::string_view> views_of(const py::typing::List<py::str>& texts) {
    std::vector<std::string_view> views;
    views.reserve(texts.size());
    for (std::size_t index = 0; index < texts.size(); ++index) {
        if (index + fetched_ahead < texts.size()) {
            fetch(PyList_GET_ITEM(texts.ptr(), static_cast<Py_ssize_t>(index + fetched_ahead)),
                  start_bytes);
        }
        Py_ssize_t size = 0;
        const char* const text = PyUnicode_AsUTF8AndSize(
            PyList_GET_ITEM(texts.ptr(), static_cast<Py_ssize_t>(index)), &size);
        if (text == nullptr) {
            PyErr_Clear();
            throw Error(ErrorCode::invalid_input, "texts", "the text is not Unicode");
        }
        views.emplace_back(text, static_cast<std::size_t>(size));
    }
    return views;
}

}  // namespace seawall::bindings
