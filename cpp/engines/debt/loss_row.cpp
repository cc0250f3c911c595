#include "engines/debt/loss_row.hpp"

#include "engines/debt/stress.hpp"

namespace seawall::debt {
namespace {

std::span<const double> row(std::span<const double> matrix, const RunView& run,
                            std::size_t scenario) {
    const std::size_t width = matrix.size() / run.scenarios.size();
    return matrix.subspan(scenario * width, width);
}

}  // namespace

LossRow LossRow::of_records(const RunView& run, std::size_t scenario) {
    if (!run.stress.record_loss.empty()) {
        return LossRow(row(run.stress.record_loss, run, scenario));
    }
    return LossRow(record_losses(run.exposure, run.book.segments.index(), run.scenarios[scenario]));
}

LossRow LossRow::of_positions(const RunView& run, std::size_t scenario) {
    if (const auto matrix = run.stress.position_loss(); !matrix.empty()) {
        return LossRow(row(matrix, run, scenario));
    }
    return LossRow(position_losses(run.exposure.positions, of_records(run, scenario).values()));
}

}  // namespace seawall::debt
