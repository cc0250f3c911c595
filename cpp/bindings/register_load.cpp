#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bindings/module.hpp"
#include "bindings/named_arrays.hpp"
#include "bindings/run_control.hpp"
#include "errors/error.hpp"
#include "load/echo_server.hpp"
#include "load/load_plan.hpp"
#include "load/load_run.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::load;

using Stretches = std::vector<std::tuple<double, double, double>>;
using Columns = py::typing::Dict<py::str, py::bytes>;

Loop loop_of(const std::string& name) {
    if (name == "closed") return Loop::closed;
    if (name == "open") return Loop::open;
    throw Error(ErrorCode::invalid_input, "loop", "must be closed or open");
}

template <typename Value>
py::bytes column(const std::vector<LoadSample>& samples, Value LoadSample::* member) {
    std::vector<Value> values;
    values.reserve(samples.size());
    for (const LoadSample& sample : samples) values.push_back(sample.*member);
    return to_bytes(values);
}

py::typing::Dict<py::str, py::object> to_python(const LoadRun& run) {
    const Columns samples;
    samples["number"] = column(run.samples, &LoadSample::number);
    samples["kind"] = column(run.samples, &LoadSample::kind);
    samples["status"] = column(run.samples, &LoadSample::status);
    samples["intended_ns"] = column(run.samples, &LoadSample::intended_ns);
    samples["sent_ns"] = column(run.samples, &LoadSample::sent_ns);
    samples["done_ns"] = column(run.samples, &LoadSample::done_ns);
    samples["received_bytes"] = column(run.samples, &LoadSample::received_bytes);
    samples["outcome"] = column(run.samples, &LoadSample::outcome);
    const py::typing::Dict<py::str, py::object> answer;
    answer["samples"] = samples;
    answer["connect_ns"] = to_bytes(run.connect_ns);
    answer["elapsed_ns"] = run.elapsed_ns;
    answer["client_cpu_ns"] = run.client_cpu_ns;
    return answer;
}

void register_plan(const py::module_& module) {
    py::class_<RequestKind>(module, "LoadRequest", "One of the requests a load is mixed of.")
        .def(py::init([](std::string method, std::string path, std::string host,
                         std::vector<std::pair<std::string, std::string>> headers, std::string body,
                         double weight, std::vector<int> statuses, std::string wanted_text) {
                 return RequestKind{.text = {.method = std::move(method),
                                             .path = std::move(path),
                                             .host = std::move(host),
                                             .fields = std::move(headers),
                                             .body = std::move(body)},
                                    .weight = weight,
                                    .statuses = std::move(statuses),
                                    .wanted_text = std::move(wanted_text)};
             }),
             py::kw_only(), py::arg("method"), py::arg("path"), py::arg("host"), py::arg("headers"),
             py::arg("body"), py::arg("weight"), py::arg("statuses"), py::arg("wanted_text"));
    py::class_<EchoServer>(
        module, "EchoServer",
        "Answers every request to a port of the loopback address with 200, and does\n"
        "nothing else: against it a load shows what the client can do.")
        .def(py::init([](std::size_t body_bytes) {
                 return std::make_unique<EchoServer>(EchoOptions{.body_bytes = body_bytes});
             }),
             py::kw_only(), py::arg("body_bytes") = 0)
        .def_property_readonly("port", &EchoServer::port)
        .def_property_readonly("request_count", &EchoServer::request_count)
        .def("close", &EchoServer::close, py::call_guard<py::gil_scoped_release>());
}

}  // namespace

void register_load(py::module_& module) {
    register_plan(module);
    module.def(
        "run_load",
        [](const std::string& address, std::uint16_t port, const std::string& loop,
           const Stretches& shape, std::vector<RequestKind> requests,
           std::pair<double, double> think_s, double timeout_s, std::size_t connection_limit,
           std::uint64_t request_limit, std::uint64_t first_sequence, std::uint64_t seed,
           std::size_t threads, bool may_be_remote, const OptionalControl& control) {
            LoadPlan plan{
                .target = {.address = address, .port = port, .may_be_remote = may_be_remote},
                .loop = loop_of(loop),
                .shape = {},
                .requests = std::move(requests),
                .think_low_s = think_s.first,
                .think_high_s = think_s.second,
                .timeout_s = timeout_s,
                .connection_limit = connection_limit,
                .request_limit = request_limit,
                .first_sequence = first_sequence,
                .seed = seed,
                .threads = threads};
            for (const auto& [duration_s, from, to] : shape) {
                plan.shape.push_back({.duration_s = duration_s, .from = from, .to = to});
            }
            return to_python(run_long(
                control, [&plan](const RunControl& native) { return run_load(plan, native); }));
        },
        py::arg("address"), py::arg("port"), py::kw_only(), py::arg("loop"), py::arg("shape"),
        py::arg("requests"), py::arg("think_s"), py::arg("timeout_s"), py::arg("connection_limit"),
        py::arg("request_limit"), py::arg("first_sequence") = 0, py::arg("seed") = 0,
        py::arg("threads") = 1, py::arg("may_be_remote") = false, py::arg("control") = py::none(),
        "Run a load on an HTTP/1.1 server and return every request as columns of bytes: int64, "
        "but\n"
        "int32 of kind and status and uint8 of outcome.\n\n"
        "A stretch of the shape is (duration in seconds, from, to), of users of a closed loop or "
        "of\n"
        "arrivals a second of an open one. Times are nanoseconds from the start of the run.");
}

}  // namespace seawall::bindings
