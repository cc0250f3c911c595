#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "bindings/module.hpp"
#include "bindings/tables.hpp"
#include "table/arrow_export.hpp"
#include "table/arrow_import.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;

constexpr const char* stream_name = "arrow_array_stream";

py::capsule stream_capsule(const NativeTable& self, const py::object& /*requested_schema*/) {
    auto stream = std::make_unique<ArrowArrayStream>();
    export_stream(self.table, stream.get());
    const auto release = [](PyObject* capsule) {
        auto* pointer = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, stream_name));
        const std::unique_ptr<ArrowArrayStream> owned(pointer);
        if (owned->release != nullptr) owned->release(owned.get());
    };
    return py::capsule(stream.release(), stream_name, release);
}

}  // namespace

void register_tables(py::module_& module) {
    py::class_<NativeTable>(module, "NativeTable",
                            "Columns that any Arrow consumer reads without a copy.")
        .def("__arrow_c_stream__", &stream_capsule, py::arg("requested_schema") = py::none())
        .def("__len__", [](const NativeTable& self) { return self.table->row_count(); })
        .def_property_readonly(
            "nbytes", [](const NativeTable& self) { return byte_count(*self.table); },
            "What the columns weigh in memory.")
        .def_property_readonly("column_names", [](const NativeTable& self) {
            std::vector<std::string> names;
            for (const Column& column : self.table->columns) names.push_back(column.name());
            return names;
        });
    module.def(
        "import_table",
        [](const py::object& source) {
            const py::capsule capsule = source.attr("__arrow_c_stream__")();
            auto* stream = capsule.get_pointer<ArrowArrayStream>();
            const py::gil_scoped_release release;
            return NativeTable{std::make_shared<const Table>(import_table(stream))};
        },
        py::arg("source"),
        "Copies any object with __arrow_c_stream__ into a native table.\n\n"
        "Columns may be float64, int64, date32, bool or utf8; others raise InvalidInput.");
}

}  // namespace seawall::bindings
