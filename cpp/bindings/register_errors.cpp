#include <pybind11/gil_safe_call_once.h>

#include <exception>
#include <string>

#include "bindings/module.hpp"
#include "errors/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;

const char* exception_name(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_input:
            return "InvalidInput";
        case ErrorCode::invalid_profile:
            return "InvalidProfile";
        case ErrorCode::source_unreadable:
            return "SourceUnreadable";
        case ErrorCode::limit_exceeded:
            return "LimitExceeded";
        case ErrorCode::currency_mixed:
            return "CurrencyMixed";
        case ErrorCode::cancelled:
            return "Cancelled";
    }
    return "SeawallError";
}

/// By code and never by text.
void translate(std::exception_ptr thrown) {  // NOLINT(performance-unnecessary-value-param)
    try {
        if (thrown) std::rethrow_exception(thrown);
    } catch (const Error& error) {
        const py::object type =
            py::module_::import("seawall.errors").attr(exception_name(error.code()));
        const py::object instance =
            type(error.what(), py::arg("code") = std::string(code_name(error.code())),
                 py::arg("where") = error.where());
        PyErr_SetObject(type.ptr(), instance.ptr());
    }
}

}  // namespace

void register_errors(py::module_& /*module*/) {
    py::register_local_exception_translator(&translate);
}

}  // namespace seawall::bindings
