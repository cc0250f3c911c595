#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bindings/debt_book.hpp"
#include "bindings/module.hpp"
#include "engines/debt/concentration.hpp"
#include "engines/debt/exposure.hpp"
#include "engines/debt/text_codes.hpp"

namespace seawall::bindings {
namespace {

namespace py = pybind11;
using namespace seawall::debt;

using Description = py::typing::Dict<py::str, py::object>;
using NamedAmounts = std::vector<std::pair<std::string, double>>;

TextCodes groups_of(const DebtBook& book, const std::string& by) {
    if (by != "obligor") return text_codes(*book.records, by);
    const std::vector<std::int64_t>& obligors = book.book.obligor_of_record;
    return {.codes = book.book.obligors, .code_of_row = {obligors.begin(), obligors.end()}};
}

/// What is owed by records that say of which group they are, and by all.
struct GroupedBook {
    Concentration known;
    std::vector<std::string> names;
    double total = 0.0;
};

GroupedBook group_book(const DebtBook& book, const std::string& by) {
    const RecordExposure records =
        measure_exposure(book.book.columns(), {.detail = Detail::records}).records;
    std::vector<double> owed(records.total_outstanding.begin(), records.total_outstanding.end());
    TextCodes groups = groups_of(book, by);
    const SegmentIndex index{.segment_of_record = groups.code_of_row,
                             .segment_count = groups.codes.size()};
    GroupedBook result;
    result.total = measure_concentration(index, owed, 0).total;
    for (std::size_t r = 0; r < owed.size(); ++r) {
        if (groups.codes[groups.code_of_row[r]].empty()) owed[r] = 0.0;
    }
    result.known = measure_concentration(index, owed, groups.codes.size());
    result.names = std::move(groups.codes);
    return result;
}

Description concentration(const DebtBook& book, const std::string& by, std::size_t largest_count,
                          std::optional<double> limit) {
    NamedAmounts largest, above;
    GroupedBook grouped;
    {
        const py::gil_scoped_release release;
        grouped = group_book(book, by);
        for (const std::uint32_t group : grouped.known.largest) {
            const double amount = grouped.known.amount[group];
            const std::pair<std::string, double> named{grouped.names[group], amount};
            if (amount > 0.0 && largest.size() < largest_count) largest.push_back(named);
            if (limit && amount > *limit * grouped.total) above.push_back(named);
        }
    }
    const Description d;
    d["total"] = grouped.total;
    d["known_total"] = grouped.known.total;
    d["largest"] = py::cast(largest);
    d["above_limit"] = py::cast(above);
    d["herfindahl_index"] = grouped.known.total > 0.0 ? py::cast(grouped.known.herfindahl_index)
                                                      : py::object(py::none());
    return d;
}

}  // namespace

void register_concentration(py::module_& module) {
    module.def(
        "concentration", &concentration, py::arg("book"), py::arg("by"), py::kw_only(),
        py::arg("largest_count"), py::arg("limit") = py::none(),
        "How what a book is owed is spread by obligor, or by a column of text of its records: the\n"
        "largest groups and those above a fraction of the total, (name, amount) by falling\n"
        "amount, and the Herfindahl index of the records that say of which group they are.");
}

}  // namespace seawall::bindings
