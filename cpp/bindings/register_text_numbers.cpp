#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bindings/module.hpp"
#include "bindings/texts.hpp"
#include "table/text_numbers.hpp"

namespace seawall::bindings {

namespace py = pybind11;

namespace {

using Texts = py::typing::List<py::str>;

Texts without_number(const TextNumbers& known, const Texts& texts) {
    const std::vector<std::uint64_t> numbers = known.numbers(views_of(texts));
    Texts left;
    for (std::size_t index = 0; index < numbers.size(); ++index) {
        if (numbers[index] == 0) left.append(texts[index]);
    }
    return left;
}

}  // namespace

void register_text_numbers(py::module_& module) {  // NOLINT(misc-const-correctness)
    py::class_<TextNumbers>(module, "TextNumbers",
                            "Remembers a number for each of very many texts, in little memory.")
        .def(py::init<>())
        .def("__len__", &TextNumbers::size)
        .def(
            "add",
            [](TextNumbers& known, const Texts& texts, std::uint64_t first) {
                known.add(views_of(texts), first);
            },
            py::arg("texts"), py::arg("first"),
            "Number texts from `first` on; one that has a number already keeps it.")
        .def(
            "update", [](TextNumbers& known, const TextNumbers& others) { known.add(others); },
            py::arg("others"), "Add what others have remembered.")
        .def(
            "numbers",
            [](const TextNumbers& known, const Texts& texts) {
                return known.numbers(views_of(texts));
            },
            py::arg("texts"), "The number of each text, 0 for one that has none.")
        .def("without_number", &without_number, py::arg("texts"), "The texts that have no number.");
}

}  // namespace seawall::bindings
