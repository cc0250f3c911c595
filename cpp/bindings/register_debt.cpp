#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bindings/module.hpp"
#include "bindings/run_control.hpp"
#include "bindings/tables.hpp"
#include "engines/debt/book.hpp"
#include "engines/debt/exposure.hpp"
#include "engines/debt/result_tables.hpp"
#include "engines/debt/stress.hpp"
#include "table/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

/// By the names that the contract gives them.
using Figures = py::typing::Dict<py::str, py::float_>;

/// A decoded book that any number of runs may share.
struct DebtBook {
    TablePointer records;
    Book book;
};

/// One run's figures; its tables are built when asked for.
class DebtRun {
  public:
    DebtRun(std::shared_ptr<const DebtBook> book, std::vector<std::string> scenario_ids,
            Exposure exposure, StressResult stress)
        : book_(std::move(book)),
          scenario_ids_(std::move(scenario_ids)),
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
        const auto all =
            scenario < 0 ? std::span<const double>(exposure_.records.net_exposure_after_recovery)
                         : loss_row(static_cast<std::size_t>(scenario));
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

    NativeTable records() const { return table(record_table); }
    NativeTable positions() const { return table(position_table); }
    NativeTable obligors() const { return table(obligor_table); }

  private:
    std::span<const double> loss_row(std::size_t scenario) const {
        if (scenario >= scenario_ids_.size()) throw py::index_error();
        const std::size_t width = book_->book.total_outstanding.size();
        return std::span<const double>(stress_.record_loss).subspan(scenario * width, width);
    }

    template <typename Maker>
    NativeTable table(Maker make) const {
        const py::gil_scoped_release release;
        return {std::make_shared<const Table>(make({.records = *book_->records,
                                                    .book = book_->book,
                                                    .exposure = exposure_,
                                                    .stress = stress_,
                                                    .scenario_ids = scenario_ids_}))};
    }

    std::shared_ptr<const DebtBook> book_;
    std::vector<std::string> scenario_ids_;
    Exposure exposure_;
    StressResult stress_;
};

std::shared_ptr<DebtBook> make_debt_book(const NativeTable& records,
                                         const std::optional<NativeTable>& instruments,
                                         const std::optional<NativeTable>& distressed_assets) {
    const auto rows = [](const std::optional<NativeTable>& table) {
        return table ? table->table.get() : nullptr;
    };
    const py::gil_scoped_release release;
    auto book = std::make_shared<DebtBook>();
    book->records = records.table;
    book->book = make_book({.records = records.table.get(),
                            .instruments = rows(instruments),
                            .distressed_assets = rows(distressed_assets)});
    return book;
}

using ScenarioArgument = std::tuple<std::string, std::array<double, 4>>;

std::unique_ptr<DebtRun> run_stress(const std::shared_ptr<DebtBook>& book,
                                    const std::vector<ScenarioArgument>& arguments,
                                    std::size_t threads, const OptionalControl& control) {
    std::vector<std::string> ids;
    std::vector<StressScenario> scenarios;
    for (const auto& [id, shock] : arguments) {
        ids.push_back(id);
        scenarios.push_back({.interest_rate_delta_pct = shock[0],
                             .collateral_market_impact = shock[1],
                             .recovery_degradation = shock[2],
                             .default_risk_increment = shock[3]});
    }
    ComputeOptions options{.detail = Detail::positions, .parallel = {.threads = threads}};
    if (control) options.parallel.control = (*control)->native();
    const py::gil_scoped_release release;
    Exposure exposure = measure_exposure(book->book.columns(), options);
    StressResult stressed = stress(exposure, scenarios, options);
    return std::make_unique<DebtRun>(book, std::move(ids), std::move(exposure),
                                     std::move(stressed));
}

}  // namespace

void register_debt(py::module_& module) {
    py::class_<DebtBook, std::shared_ptr<DebtBook>>(
        module, "DebtBook", "A book of one currency, decoded once into the engine's columns.")
        .def(py::init(&make_debt_book), py::arg("records"), py::arg("instruments") = py::none(),
             py::arg("distressed_assets") = py::none())
        .def_property_readonly("currency", [](const DebtBook& self) { return self.book.currency; })
        .def_property_readonly(
            "record_count", [](const DebtBook& self) { return self.book.total_outstanding.size(); })
        .def_property_readonly("obligor_count",
                               [](const DebtBook& self) { return self.book.obligors.size(); })
        .def_property_readonly("total_missing_count",
                               [](const DebtBook& self) { return self.book.total_missing_count; })
        .def_property_readonly("rate_missing_count",
                               [](const DebtBook& self) { return self.book.rate_missing_count; });
    py::class_<DebtRun>(module, "DebtRun", "The figures of one stress run.")
        .def_property_readonly("exposure", &DebtRun::exposure)
        .def_property_readonly("scenarios", &DebtRun::scenarios)
        .def(
            "largest", &DebtRun::largest, py::arg("scenario"), py::arg("count"),
            "(record, amount) of the records that contribute most to a scenario's loss, or to the\n"
            "net exposure when scenario is -1.")
        .def("records", &DebtRun::records, "One row a record.")
        .def("positions", &DebtRun::positions, "One row an instrument.")
        .def("obligors", &DebtRun::obligors, "One row an obligor.");
    module.def(
        "run_debt_stress", &run_stress, py::arg("book"), py::arg("scenarios"),
        py::arg("threads") = 0, py::arg("control") = py::none(),
        "Measures a book and revalues it under each (id, (rate delta pp, collateral impact,\n"
        "recovery degradation, default increment)).");
}

}  // namespace seawall::bindings
