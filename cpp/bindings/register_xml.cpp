#include <pybind11/gil_safe_call_once.h>
#include <pybind11/stl.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/expat_capi.hpp"
#include "bindings/module.hpp"
#include "bindings/tables.hpp"
#include "errors/error.hpp"
#include "ingest/xml_records.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using ingest::XmlLayout;
using ingest::XmlRecords;

const PyExpat_CAPI& load_expat() {
    const py::capsule capsule = py::module_::import("pyexpat").attr("expat_CAPI");
    const auto* capi =
        static_cast<const PyExpat_CAPI*>(PyCapsule_GetPointer(capsule.ptr(), expat_capi_name));
    if (capi == nullptr) throw py::error_already_set();
    if (std::string_view(capi->magic) != expat_capi_magic ||
        static_cast<std::size_t>(capi->size) < sizeof(PyExpat_CAPI)) {
        throw py::import_error("this Python's pyexpat hands out \"" + std::string(capi->magic) +
                               "\" of " + std::to_string(capi->size) + " bytes; wanted is \"" +
                               expat_capi_magic + "\" of at least " +
                               std::to_string(sizeof(PyExpat_CAPI)));
    }
    return *capi;
}

/// Python keeps the table, and the module it is in, to its end.
const PyExpat_CAPI& expat() {
    PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<const PyExpat_CAPI*> stored;
    return *stored.call_once_and_store_result([] { return &load_expat(); }).get_stored();
}

/// An XML document on its way through expat. Keeps the GIL: expat asks Python for encodings that it
/// does not know itself.
class XmlReading {
  public:
    XmlReading(std::string record_element, std::vector<std::string> context, std::string name);

    void feed(const py::bytes& window, bool is_final);
    std::optional<NativeTable> take();
    std::size_t record_count() const { return records_.record_count(); }
    std::size_t cell_count() const { return records_.cell_count(); }

    /// Expat's frames are C: what is thrown waits until they are left, and the rest is not heard.
    template <typename Act>
    void listen(Act act) noexcept {
        if (thrown_) return;
        try {
            act(records_);
        } catch (...) {
            thrown_line_ = line();
            thrown_ = std::current_exception();
        }
    }

  private:
    struct FreeParser {
        void operator()(XML_Parser parser) const { expat().ParserFree(parser); }
    };

    void parse(std::string_view bytes, bool is_final);
    void rethrow();
    [[noreturn]] void refuse(bool is_final);
    unsigned long line() const { return expat().GetErrorLineNumber(parser_.get()); }
    std::string place(unsigned long line) const { return name_ + ": line " + std::to_string(line); }

    XmlRecords records_;
    std::string name_;
    std::unique_ptr<XML_ParserStruct, FreeParser> parser_;
    std::exception_ptr thrown_;
    unsigned long thrown_line_ = 0;
    std::size_t unfinished_bytes_ = 0;  ///< that were fed since there was progress
    bool is_spent_ = false;             ///< whether it was the last window, or a call has thrown
};

extern "C" {

static void start_element(void* data, const char* name, const char** attributes) {
    static_cast<XmlReading*>(data)->listen([&](auto& records) { records.start(name, attributes); });
}

static void end_element(void* data, const char* /*name*/) {
    static_cast<XmlReading*>(data)->listen([](auto& records) { records.end(); });
}

static void character_data(void* data, const char* text, int length) {
    static_cast<XmlReading*>(data)->listen(
        [&](auto& records) { records.text({text, static_cast<std::size_t>(length)}); });
}

static void other_data(void* data, const char* /*text*/, int length) {
    static_cast<XmlReading*>(data)->listen(
        [&](auto& records) { records.other(static_cast<std::size_t>(length)); });
}

static void start_doctype(void* data, const char* /*name*/, const char* /*system_id*/,
                          const char* /*public_id*/, int /*has_internal_subset*/) {
    static_cast<XmlReading*>(data)->listen([](auto& /*records*/) {
        throw Error(ErrorCode::source_unreadable, "", "a DOCTYPE is not accepted");
    });
}

}  // extern "C"

XmlReading::XmlReading(std::string record_element, std::vector<std::string> context,
                       std::string name)
    : records_(
          XmlLayout{.record_element = std::move(record_element), .context = std::move(context)}),
      name_(std::move(name)),
      parser_(expat().ParserCreate_MM(nullptr, nullptr, "}")) {
    if (!parser_) throw std::bad_alloc();
    const PyExpat_CAPI& capi = expat();
    capi.SetUserData(parser_.get(), this);
    capi.SetElementHandler(parser_.get(), start_element, end_element);
    capi.SetCharacterDataHandler(parser_.get(), character_data);
    capi.SetDefaultHandlerExpand(parser_.get(), other_data);
    capi.SetStartDoctypeDeclHandler(parser_.get(), start_doctype);
    capi.SetUnknownEncodingHandler(parser_.get(), capi.DefaultUnknownEncodingHandler, nullptr);
}

void XmlReading::feed(const py::bytes& window, bool is_final) {
    if (is_spent_) throw Error(ErrorCode::invalid_input, "", "the document has ended");
    is_spent_ = true;
    const std::string_view bytes = window;
    // Expat takes an int, and one window may hold a whole document.
    constexpr std::size_t piece_bytes = std::size_t{1} << 20U;
    for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
        parse(bytes.substr(at, piece_bytes), false);
    }
    if (is_final) {
        parse({}, true);
        listen([](const auto& records) { records.finish(); });
        rethrow();
    }
    is_spent_ = is_final;
}

void XmlReading::parse(std::string_view bytes, bool is_final) {
    const std::uint64_t progress = records_.progress();
    const int parsed = expat().Parse(parser_.get(), bytes.data(), static_cast<int>(bytes.size()),
                                     is_final ? 1 : 0);
    rethrow();
    if (parsed == 0) refuse(is_final);
    // Expat keeps a tag or comment whole, and tells nothing of it before its end.
    unfinished_bytes_ = records_.progress() == progress ? unfinished_bytes_ + bytes.size() : 0;
    listen([&](auto& /*records*/) { ingest::check_xml_size(unfinished_bytes_); });
    rethrow();
}

void XmlReading::rethrow() {
    if (!thrown_) return;
    try {
        std::rethrow_exception(thrown_);
    } catch (const Error& error) {
        throw Error(error.code(), place(thrown_line_), error.what());
    }
}

void XmlReading::refuse(bool is_final) {
    std::string reason;
    if (PyErr_Occurred() != nullptr) {  // Python does not know the declared encoding
        const py::error_already_set error;
        if (!error.matches(PyExc_LookupError) && !error.matches(PyExc_ValueError)) throw error;
        reason = py::str(error.value());
    } else {
        reason = expat().ErrorString(expat().GetErrorCode(parser_.get()));
    }
    throw Error(ErrorCode::source_unreadable, place(line()),
                "no XML: " + reason + (is_final ? "; is the file cut off?" : ""));
}

std::optional<NativeTable> XmlReading::take() {
    if (record_count() == 0) return std::nullopt;
    return NativeTable{std::make_shared<const Table>(records_.take())};
}

}  // namespace

void register_xml(py::module_& module) {  // NOLINT(misc-const-correctness)
    py::class_<XmlReading> reading(
        module, "XmlRecords",
        "Records of an XML document that arrives piece by piece, as columns of texts; null is no "
        "cell. Of no use after a call has raised.");
    reading
        .def(py::init<std::string, std::vector<std::string>, std::string>(),
             py::arg("record_element"), py::arg("context"), py::kw_only(), py::arg("name"))
        .def("feed", &XmlReading::feed, py::arg("window"), py::kw_only(),
             py::arg("is_final") = false, "Takes more bytes; the last ones may be none.")
        .def("take", &XmlReading::take, "The finished records that were not taken yet.")
        .def_property_readonly("record_count", &XmlReading::record_count,
                               "Finished records that were not taken yet.")
        .def_property_readonly("cell_count", &XmlReading::cell_count,
                               "Cells of their columns, nulls included.");
    reading.attr("MAX_DEPTH") = ingest::max_xml_depth;
    reading.attr("MAX_COLUMNS") = ingest::max_xml_columns;
    reading.attr("MAX_RECORD_BYTES") = ingest::max_xml_record_bytes;
}

}  // namespace seawall::bindings
