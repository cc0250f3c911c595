#include "bindings/debt_book.hpp"

#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/currencies.hpp"
#include "engines/debt/currency_totals.hpp"
#include "engines/debt/exposure.hpp"
#include "engines/debt/result_tables.hpp"
#include "engines/debt/segments.hpp"
#include "errors/error.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

using OptionalTable = std::optional<NativeTable>;
using Rates = std::map<std::string, double>;
using Description = py::typing::Dict<py::str, py::object>;

SharedCollateralRule shared_collateral_rule(const std::string& name) {
    if (name == "withheld") return SharedCollateralRule::withheld;
    if (name == "by_debt_service") return SharedCollateralRule::by_debt_service;
    throw Error(ErrorCode::invalid_input, "shared_collateral",
                "must be withheld or by_debt_service");
}

std::optional<Conversion> conversion_of(const std::optional<std::string>& currency,
                                        const std::optional<Rates>& rates) {
    if (currency) return Conversion{.currency = *currency, .rates = rates.value_or(Rates{})};
    if (rates) {
        throw Error(ErrorCode::invalid_input, "rates", "need the currency that they convert to");
    }
    return std::nullopt;
}

std::shared_ptr<DebtBook> make_debt_book(const NativeTable& records,
                                         const OptionalTable& instruments,
                                         const OptionalTable& distressed_assets,
                                         const OptionalTable& principal_schedule,
                                         const std::optional<std::string>& currency,
                                         const std::optional<Rates>& rates,
                                         const std::string& shared_collateral) {
    const auto rows = [](const OptionalTable& table) {
        return table ? table->table.get() : nullptr;
    };
    const BookOptions options{.conversion = conversion_of(currency, rates),
                              .shared_collateral = shared_collateral_rule(shared_collateral)};
    const py::gil_scoped_release release;
    auto book = std::make_shared<DebtBook>();
    book->book = make_book({.records = records.table.get(),
                            .instruments = rows(instruments),
                            .distressed_assets = rows(distressed_assets),
                            .principal_schedule = rows(principal_schedule)},
                           options);
    book->records = records.table;
    if (instruments) book->instruments = instruments->table;
    if (principal_schedule) book->principal_schedule = principal_schedule->table;
    if (auto& kept = book->book.kept_records) {
        book->records = std::make_shared<const Table>(std::move(*kept));
        kept.reset();
    }
    if (auto& kept = book->book.kept_instruments) {
        book->instruments = std::make_shared<const Table>(std::move(*kept));
        kept.reset();
    }
    if (auto& kept = book->book.kept_principal_schedule) {
        book->principal_schedule = std::make_shared<const Table>(std::move(*kept));
        kept.reset();
    }
    book->unconverted = std::make_shared<const Table>(std::move(book->book.unconverted));
    return book;
}

RecordExposure record_exposure(const DebtBook& self) {
    return measure_exposure(self.book.columns(), {.detail = Detail::records}).records;
}

std::vector<Description> segments(const DebtBook& self) {
    const Segments& segments = self.book.segments;
    std::vector<SegmentExposure> sums;
    std::vector<std::int64_t> record_counts;
    {
        const py::gil_scoped_release release;
        sums = sum_by_segment(segments.index(), record_exposure(self));
        record_counts = count_by_segment(segments.index());
    }
    std::vector<Description> list;
    for (std::size_t g = 0; g < sums.size(); ++g) {
        const Description d;
        d["currency"] = segments.keys[g].currency;
        d["collateral_type"] = segments.keys[g].collateral_type;
        d["collateral_region"] = segments.keys[g].collateral_region;
        d["rate_type"] = segments.keys[g].rate_type;
        d["record_count"] = record_counts[g];
        d["total_outstanding"] = sums[g].total_outstanding;
        d["collateral_value"] = sums[g].collateral_value;
        list.push_back(d);
    }
    return list;
}

std::vector<Description> currencies(const DebtBook& self) {
    std::vector<CurrencyTotal> totals;
    {
        const py::gil_scoped_release release;
        totals = currency_totals(self.book, record_exposure(self), *self.unconverted);
    }
    std::vector<Description> list;
    for (const CurrencyTotal& total : totals) {
        const Description d;
        d["currency"] = total.currency;
        d["rate"] = py::cast(total.rate);
        d["record_count"] = total.record_count;
        d["original_total_outstanding"] = total.original_total_outstanding;
        d["total_outstanding"] = py::cast(total.total_outstanding);
        list.push_back(d);
    }
    return list;
}

NativeTable shared_collateral(const DebtBook& self) {
    const py::gil_scoped_release release;
    return {std::make_shared<const Table>(shared_collateral_table(*self.records, self.book))};
}

std::size_t collateral_withheld_count(const DebtBook& self) {
    const auto& withheld = self.book.collateral_withheld;
    return std::accumulate(withheld.begin(), withheld.end(), std::size_t{0});
}

double collateral_withheld_outstanding(const DebtBook& self) {
    const py::gil_scoped_release release;
    const RecordExposure records = record_exposure(self);
    double total = 0.0;
    for (const SharedCollateral& shared : self.book.shared_collateral) {
        if (shared.basis == ShareBasis::withheld) total += records.total_outstanding[shared.row];
    }
    return total;
}

}  // namespace

void register_debt_book(const py::module_& module) {
    py::class_<DebtBook, std::shared_ptr<DebtBook>>(
        module, "DebtBook",
        "A book in one currency, decoded once into the engine's columns.\n\n"
        "With a currency, every amount is converted at its currency's rate (units of the book's\n"
        "currency for one of it), and records whose currency has none are left out and listed.\n"
        "Collateral that a record shares with other loans, or may share because its flag is\n"
        "absent, counts by its stated share, else by shared_collateral: withheld, or\n"
        "by_debt_service.")
        .def(py::init(&make_debt_book), py::arg("records"), py::arg("instruments") = py::none(),
             py::arg("distressed_assets") = py::none(), py::arg("principal_schedule") = py::none(),
             py::kw_only(), py::arg("currency") = py::none(), py::arg("rates") = py::none(),
             py::arg("shared_collateral") = "withheld")
        .def_property_readonly("currency", [](const DebtBook& self) { return self.book.currency; })
        .def_property_readonly(
            "record_count", [](const DebtBook& self) { return self.book.total_outstanding.size(); })
        .def_property_readonly("obligor_count",
                               [](const DebtBook& self) { return self.book.obligors.size(); })
        .def_property_readonly("total_missing_count",
                               [](const DebtBook& self) { return self.book.total_missing_count; })
        .def_property_readonly("rate_missing_count",
                               [](const DebtBook& self) { return self.book.rate_missing_count; })
        .def_property_readonly("segments", &segments,
                               "What distinguishes each segment, and its sums.")
        .def_property_readonly(
            "currencies", &currencies,
            "Each currency's rate and totals; rate and converted total are None where its records\n"
            "are left out.")
        .def_property_readonly(
            "unconverted", [](const DebtBook& self) { return NativeTable{self.unconverted}; },
            "One row a record left out, with its total in its own currency.")
        .def_property_readonly(
            "shared_collateral", &shared_collateral,
            "One row a record whose stated collateral belongs, or may belong, to\n"
            "others too.")
        .def_property_readonly("collateral_withheld_count", &collateral_withheld_count)
        .def_property_readonly("collateral_withheld_outstanding", &collateral_withheld_outstanding,
                               "What the records whose collateral is withheld owe.");
}

}  // namespace seawall::bindings
