#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "bindings/debt_book.hpp"
#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "bindings/tables.hpp"
#include "engines/debt/exposure.hpp"
#include "engines/debt/loss_row.hpp"
#include "engines/debt/result_tables.hpp"
#include "engines/debt/stress.hpp"
#include "errors/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

/// By the names that the contract gives them.
using Figures = py::typing::Dict<py::str, py::float_>;

/// As a caller gives them.
struct NamedScenarios {
    std::vector<std::string> ids;
    std::vector<StressScenario> shocks;
};

using OptionalIds = std::optional<std::vector<std::string>>;

/// Figures to compute up to which the interpreter's lock is kept: some microseconds of work, and
/// threads that queue for the lock cost more.
constexpr std::size_t short_work_figures = 1U << 14U;

class ReleaseForLongWork {
  public:
    explicit ReleaseForLongWork(std::size_t figures) {
        if (figures > short_work_figures) release_.emplace();
    }

  private:
    std::optional<py::gil_scoped_release> release_;
};

/// One run's figures; its tables are built when asked for.
class DebtRun {
  public:
    DebtRun(std::shared_ptr<const DebtBook> book, NamedScenarios scenarios, Exposure exposure,
            StressResult stress)
        : book_(std::move(book)),
          scenarios_(std::move(scenarios)),
          exposure_(std::move(exposure)),
          stress_(std::move(stress)) {}

    Figures exposure() const {
        const ExposureFigures& f = exposure_.figures;
        const Figures d;
        d["total_outstanding"] = f.total_outstanding;
        d["interest_rate_pct"] = f.interest_rate_pct;
        d["interest_payment"] = f.interest_payment;
        d["collateral_value"] = f.collateral_value;
        d["collateral_shortfall"] = f.collateral_shortfall;
        d["collateral_coverage_ratio"] = f.collateral_coverage_ratio;
        d["assets_value"] = f.assets_value;
        d["leverage_ratio"] = f.leverage_ratio;
        d["distressed_asset_value"] = f.distressed_asset_value;
        d["distressed_asset_recovery"] = f.distressed_asset_recovery;
        d["distressed_asset_recovery_ratio"] = f.distressed_asset_recovery_ratio;
        d["distressed_asset_count"] = py::int_(f.distressed_asset_count);
        d["net_exposure_after_recovery"] = f.net_exposure_after_recovery;
        return d;
    }

    std::vector<Figures> scenarios() const {
        std::vector<Figures> list;
        for (const ScenarioFigures& f : stress_.figures) {
            const Figures d;
            d["interest_rate_pct"] = f.interest_rate_pct;
            d["interest_payment"] = f.interest_payment;
            d["collateral_value"] = f.collateral_value;
            d["collateral_loss"] = f.collateral_loss;
            d["distressed_asset_value"] = f.distressed_asset_value;
            d["distressed_asset_loss"] = f.distressed_asset_loss;
            d["distressed_asset_recovery"] = f.distressed_asset_recovery;
            d["default_risk_buffer"] = f.default_risk_buffer;
            d["net_exposure_after_recovery"] = f.net_exposure_after_recovery;
            d["loss_estimate"] = f.loss_estimate;
            d["impact_score"] = f.impact_score;
            list.push_back(d);
        }
        return list;
    }

    /// The records that contribute most to a scenario's loss, or to the net exposure (scenario <
    /// 0).
    std::vector<std::pair<std::int64_t, double>> largest(std::int64_t scenario,
                                                         std::size_t count) const {
        if (scenario >= static_cast<std::int64_t>(scenarios_.ids.size())) throw py::index_error();
        const ReleaseForLongWork release(exposure_.records.net_exposure_after_recovery.size());
        if (scenario < 0) return largest_of(exposure_.records.net_exposure_after_recovery, count);
        const LossRow losses = LossRow::of_records(view(), static_cast<std::size_t>(scenario));
        return largest_of(losses.values(), count);
    }

    NativeTable records(const OptionalIds& scenarios) const {
        return table(record_table, scenarios);
    }
    NativeTable positions(const OptionalIds& scenarios) const {
        return table(position_table, scenarios);
    }
    NativeTable obligors(const OptionalIds& scenarios) const {
        return table(obligor_table, scenarios);
    }
    NativeTable segment_losses(const OptionalIds& scenarios) const {
        return table(segment_loss_table, scenarios);
    }

  private:
    std::vector<std::pair<std::int64_t, double>> largest_of(std::span<const double> all,
                                                            std::size_t count) const {
        std::vector<std::size_t> order(all.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        const std::size_t kept = std::min(count, order.size());
        std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept),
                          order.end(), [&](std::size_t a, std::size_t b) {
                              return all[a] != all[b] ? all[a] > all[b] : a < b;
                          });
        const auto& record = book_->records->find("record")->int64();
        std::vector<std::pair<std::int64_t, double>> result;
        for (std::size_t i = 0; i < kept && all[order[i]] > 0.0; ++i) {
            result.emplace_back(record[order[i]], all[order[i]]);
        }
        return result;
    }

    RunView view() const {
        return {.book = book_->book,
                .exposure = exposure_,
                .scenarios = scenarios_.shocks,
                .stress = stress_};
    }

    /// All scenarios, or those of the ids, in the order of the ids.
    std::vector<std::size_t> indices(const OptionalIds& ids) const {
        std::vector<std::size_t> result;
        if (!ids) {
            result.resize(scenarios_.ids.size());
            std::iota(result.begin(), result.end(), std::size_t{0});
            return result;
        }
        for (const std::string& id : *ids) {
            const auto found = std::ranges::find(scenarios_.ids, id);
            if (found == scenarios_.ids.end()) {
                throw Error(ErrorCode::invalid_input,
                            "scenarios[" + std::to_string(result.size()) + "]",
                            "the run has no scenario " + id);
            }
            result.push_back(static_cast<std::size_t>(found - scenarios_.ids.begin()));
        }
        return result;
    }

    template <typename Maker>
    NativeTable table(Maker make, const OptionalIds& scenarios) const {
        const py::gil_scoped_release release;
        const std::vector<std::size_t> shown = indices(scenarios);
        return {std::make_shared<const Table>(make({.records = *book_->records,
                                                    .run = view(),
                                                    .scenario_ids = scenarios_.ids,
                                                    .shown = shown}))};
    }

    std::shared_ptr<const DebtBook> book_;
    NamedScenarios scenarios_;
    Exposure exposure_;
    StressResult stress_;
};

/// A uniform shock, or a buffer of doubles of shape (segment_count, 5).
using ShockArgument = std::variant<std::array<double, 4>, py::buffer>;
using ScenarioArgument = std::tuple<std::string, ShockArgument>;

StressScenario uniform_scenario(const std::array<double, 4>& shock) {
    return {.interest_rate_delta_pct = shock[0],
            .collateral_market_impact = shock[1],
            .recovery_degradation = shock[2],
            .default_risk_increment = shock[3]};
}

/// A copy: the caller may change the array while the run goes on.
StressScenario segmented_scenario(const py::buffer& array, const std::string& place) {
    constexpr py::ssize_t shock_count = 5;
    const py::buffer_info info = array.request();
    const bool is_contiguous = info.ndim == 2 && info.shape[1] == shock_count &&
                               info.strides[1] == py::ssize_t{sizeof(double)} &&
                               info.strides[0] == shock_count * py::ssize_t{sizeof(double)};
    if (!is_contiguous || !info.item_type_is_equivalent_to<double>() || info.shape[0] == 0) {
        throw Error(ErrorCode::invalid_input, place,
                    "must be 4 numbers, or a contiguous float64 array of shape (segments, 5)");
    }
    StressScenario scenario;
    const std::span values(static_cast<const double*>(info.ptr),
                           static_cast<std::size_t>(info.size));
    for (std::size_t i = 0; i < values.size(); i += shock_count) {
        scenario.segments.push_back({.interest_rate_delta_pct = values[i],
                                     .collateral_market_impact = values[i + 1],
                                     .recovery_degradation = values[i + 2],
                                     .default_risk_increment = values[i + 3],
                                     .currency_change = values[i + 4]});
    }
    return scenario;
}

NamedScenarios named_scenarios(const std::vector<ScenarioArgument>& arguments) {
    NamedScenarios scenarios;
    std::unordered_set<std::string_view> ids;
    std::size_t shock_count = 0;  // before the copies grow beyond what the run would refuse
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& [id, shocks] = arguments[i];
        const std::string place = "scenarios[" + std::to_string(i) + "]";
        if (!ids.insert(id).second) {  // tables name their losses by it
            throw Error(ErrorCode::invalid_input, place, "the id " + id + " stands twice");
        }
        scenarios.ids.push_back(id);
        if (const auto* uniform = std::get_if<std::array<double, 4>>(&shocks)) {
            scenarios.shocks.push_back(uniform_scenario(*uniform));
            continue;
        }
        scenarios.shocks.push_back(
            segmented_scenario(std::get<py::buffer>(shocks), place + ".shocks"));
        shock_count += scenarios.shocks.back().segments.size();
        if (shock_count > max_segment_shocks) break;  // check refuses them
    }
    return scenarios;
}

std::unique_ptr<DebtRun> run_stress(const std::shared_ptr<DebtBook>& book,
                                    const std::vector<ScenarioArgument>& arguments,
                                    std::size_t threads, const OptionalControl& control,
                                    bool keep_losses) {
    NamedScenarios scenarios = named_scenarios(arguments);
    ComputeOptions options{.detail = Detail::positions, .parallel = {.threads = threads}};
    if (control) options.parallel.control = (*control)->native();
    const BookColumns columns = book->book.columns();
    const std::size_t rows = columns.record_count() + columns.instrument_principal.size() +
                             columns.distressed_asset_value.size();
    const ReleaseForLongWork release(rows * (scenarios.shocks.size() + 1));
    const SegmentIndex segments = book->book.segments.index();
    Exposure exposure = measure_exposure(columns, options);
    if (!keep_losses) options.detail = Detail::book;
    StressResult stressed = stress(exposure, segments, scenarios.shocks, options);
    return std::make_unique<DebtRun>(book, std::move(scenarios), std::move(exposure),
                                     std::move(stressed));
}

}  // namespace

void register_debt(py::module_& module) {
    register_debt_book(module);
    py::class_<DebtRun>(module, "DebtRun",
                        "The figures of one stress run.\n\n"
                        "Its tables show the losses of all scenarios, or of those whose ids are\n"
                        "given, in their order.")
        .def_property_readonly("exposure", &DebtRun::exposure)
        .def_property_readonly("scenarios", &DebtRun::scenarios)
        .def(
            "largest", &DebtRun::largest, py::arg("scenario"), py::arg("count"),
            "(record, amount) of the records that contribute most to a scenario's loss, or to the\n"
            "net exposure when scenario is -1.")
        .def("records", &DebtRun::records, py::arg("scenarios") = py::none(), "One row a record.")
        .def("positions", &DebtRun::positions, py::arg("scenarios") = py::none(),
             "One row an instrument.")
        .def("obligors", &DebtRun::obligors, py::arg("scenarios") = py::none(),
             "One row an obligor.")
        .def("segment_losses", &DebtRun::segment_losses, py::arg("scenarios") = py::none(),
             "One row a scenario and segment: what distinguishes the segment, its loss, and its\n"
             "base total and collateral.");
    module.def(
        "run_debt_stress", &run_stress, py::arg("book"), py::arg("scenarios"),
        py::arg("threads") = 0, py::arg("control") = py::none(), py::kw_only(),
        py::arg("keep_losses") = true,
        "Measures a book and revalues it under each (id, shocks), no id twice: (rate delta pp,\n"
        "collateral impact, recovery degradation, default increment) for all, or a contiguous\n"
        "float64 array of shape (segments, 5) with a row of these and the currency change for\n"
        "each segment of the book. Where the losses of records and positions are not kept, they\n"
        "are computed again when asked for.");
}

}  // namespace seawall::bindings
