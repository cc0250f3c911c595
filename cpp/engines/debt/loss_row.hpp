#pragma once

#include <cstddef>
#include <span>

#include "engines/debt/book.hpp"
#include "engines/debt/types.hpp"

namespace seawall::debt {

/// One run: what it measured, under which scenarios. Views: the caller keeps all of it.
struct RunView {
    const Book& book;
    const Exposure& exposure;
    std::span<const StressScenario> scenarios;
    const StressResult& stress;  ///< its matrices may not have been kept
};

/// The losses of one scenario: a row of the run's matrix, or computed anew with the same bits.
class LossRow {
  public:
    static LossRow of_records(const RunView& run, std::size_t scenario);
    static LossRow of_positions(const RunView& run, std::size_t scenario);

    LossRow(LossRow&&) = default;
    LossRow& operator=(LossRow&&) = default;
    LossRow(const LossRow&) = delete;
    LossRow& operator=(const LossRow&) = delete;
    ~LossRow() = default;

    std::span<const double> values() const { return values_; }

  private:
    explicit LossRow(std::span<const double> kept) : values_(kept) {}
    explicit LossRow(Buffer<double> computed)
        : computed_(std::move(computed)), values_(computed_) {}

    Buffer<double> computed_;
    std::span<const double> values_;
};

}  // namespace seawall::debt
