#include "engines/debt/cash_flows.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "engines/debt/path_naming.hpp"
#include "errors/error.hpp"
#include "numeric/buffer.hpp"

namespace seawall::debt {
namespace {

using Cells = std::vector<double> PositionSteps::*;
constexpr std::array<std::pair<const char*, Cells>, 10> figures{
    {{"interest_due", &PositionSteps::interest_due},
     {"principal_due", &PositionSteps::principal_due},
     {"maturity_due", &PositionSteps::maturity_due},
     {"interest_paid", &PositionSteps::interest_paid},
     {"principal_paid", &PositionSteps::principal_paid},
     {"maturity_paid", &PositionSteps::maturity_paid},
     {"prepaid", &PositionSteps::prepaid},
     {"defaulted", &PositionSteps::defaulted},
     {"balance", &PositionSteps::balance},
     {"interest_arrears", &PositionSteps::interest_arrears}}};

/// 1 for each record of the book that is asked for.
std::vector<std::uint8_t> chosen_records(const CaseView& view,
                                         std::optional<std::span<const std::int64_t>> records) {
    const auto& numbers = view.records.find("record")->int64();
    if (!records) return std::vector<std::uint8_t>(numbers.size(), 1);
    std::vector<std::uint8_t> chosen(numbers.size());
    for (std::size_t i = 0; i < records->size(); ++i) {
        const auto found = std::ranges::lower_bound(numbers, (*records)[i]);
        if (found == numbers.end() || *found != (*records)[i]) {
            throw Error(ErrorCode::invalid_input, "records[" + std::to_string(i) + "]",
                        "is no record of the book");
        }
        chosen[static_cast<std::size_t>(found - numbers.begin())] = 1;
    }
    return chosen;
}

/// Which positions a table shows.
struct Choice {
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> shown;  ///< rows of the path order, in the order of the book
    std::vector<std::uint32_t> place;  ///< of each position in `shown`; none: it is not there
    std::vector<std::size_t> tiles;    ///< that have one of them
};

Choice choose(const CaseView& view, const std::vector<std::uint8_t>& chosen) {
    const PathOrder& order = view.path_book.order;
    Choice choice;
    choice.place.assign(order.position_count(), Choice::none);
    for (const std::uint32_t row : path_rows(order.position)) {
        if (chosen[order.record[order.record_of_position[row]]] == 0) continue;
        choice.place[row] = static_cast<std::uint32_t>(choice.shown.size());
        choice.shown.push_back(row);
    }
    for (std::size_t t = 0; t < view.path_book.tiles.size(); ++t) {
        const TileRange::Rows& rows = view.path_book.tiles[t].positions;
        const auto places = std::span(choice.place).subspan(rows.begin, rows.count());
        const auto is_shown = [](std::uint32_t place) { return place != Choice::none; };
        if (std::ranges::any_of(places, is_shown)) choice.tiles.push_back(t);
    }
    return choice;
}

/// Each figure of each row.
using Rows = std::array<Buffer<double>, figures.size()>;

void copy_tile(const PathTile& tile, const Choice& choice, Rows& rows) {
    for (std::size_t i = 0; i < tile.range.positions.count(); ++i) {
        const std::uint32_t place = choice.place[tile.range.positions.begin + i];
        if (place == Choice::none) continue;
        for (std::size_t m = 1; m <= tile.month_count; ++m) {
            const std::size_t row = place * tile.month_count + (m - 1);
            for (std::size_t f = 0; f < figures.size(); ++f) {
                rows[f][row] = (tile.positions.*figures[f].second)[tile.position_cell(m, i)];
            }
        }
    }
}

}  // namespace

Table cash_flow_table(const CaseView& view, const CaseRerun& rerun,
                      std::optional<std::span<const std::int64_t>> records) {
    const Choice choice = choose(view, chosen_records(view, records));
    const std::size_t months = view.path_book.horizon.month_count();
    const std::size_t row_count = choice.shown.size() * months;
    if (row_count > max_cash_flow_rows) {
        throw Error(ErrorCode::limit_exceeded, "records",
                    std::to_string(row_count) +
                        " rows of positions and months are more than 67,108,864; ask for fewer "
                        "records at a time");
    }
    Rows rows;
    for (Buffer<double>& figure : rows) figure.resize(row_count);
    rerun_tiles(rerun, choice.tiles, [&](std::size_t, const TileInputs&, const PathTile& tile) {
        copy_tile(tile, choice, rows);
    });
    TableWriter table(row_count);
    name_positions(view, [&](std::size_t i) { return choice.shown[i / months]; }, table);
    table.integers("month",
                   [&](std::size_t i) { return static_cast<std::int64_t>(i % months + 1); });
    table.days("date", [&](std::size_t i) { return view.path_book.horizon.ends[i % months + 1]; });
    for (std::size_t f = 0; f < figures.size(); ++f) {
        table.numbers(figures[f].first, [&](std::size_t i) { return rows[f][i]; });
        rows[f] = {};  // the columns together are large
    }
    return table.take();
}

}  // namespace seawall::debt
