#include "engines/debt/analytic/factor_book.hpp"

#include <cmath>

#include "engines/debt/analytic/argument_checks.hpp"
#include "engines/debt/analytic/default_threshold.hpp"
#include "engines/debt/analytic/integrand_precision.hpp"
#include "errors/error.hpp"
#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

void check(const FactorBook& book) {
    const std::size_t count = book.default_probabilities.size();
    if (count == 0) {
        throw Error(ErrorCode::invalid_input, "default_probabilities", "must not be empty");
    }
    if (book.factor_count != 1 && book.factor_count != 2) {
        throw Error(ErrorCode::invalid_input, "loadings", "must be on one factor or on two");
    }
    require_fractions(book.default_probabilities, "default_probabilities");
    require_size(book.loadings.size(), count * book.factor_count, "loadings");
    require_size(book.loss_units.size(), count, "loss_units");
    if (book.degrees_of_freedom) require_degrees_of_freedom(*book.degrees_of_freedom);
    for (std::size_t i = 0; i < count; ++i) {
        if (book.loss_units[i] >= 0) continue;
        throw Error(ErrorCode::invalid_input, place_of("loss_units", i), "must not be below 0");
    }
}

}  // namespace

ConditionalBook::ConditionalBook(const FactorBook& book)
    : degrees_of_freedom_(book.degrees_of_freedom) {
    check(book);
    for (std::size_t i = 0; i < book.default_probabilities.size(); ++i) {
        const double* row = &book.loadings[i * book.factor_count];
        const double first = row[0];
        const double second = book.factor_count == 2 ? row[1] : 0.0;
        const double own = 1.0 - (first * first + second * second);
        if (!(own > 0.0)) {
            throw Error(ErrorCode::invalid_input, place_of("loadings", i),
                        "must have squares that sum to less than 1");
        }
        const double scale = 1.0 / std::sqrt(own);
        const double threshold =
            default_threshold(book.default_probabilities[i], book.degrees_of_freedom);
        obligors_.push_back({threshold * scale, first * scale, second * scale});
    }
}

FactorGrid ConditionalBook::grid() const {
    double first = 0.0;
    double second = 0.0;
    double scale = 0.0;
    for (const Obligor& o : obligors_) {
        if (std::isinf(o.threshold)) continue;
        first += o.first * o.first;
        second += o.second * o.second;
        const double slope = std::sqrt(o.first * o.first + o.second * o.second);
        scale += scale_precision(o.threshold, slope);
    }
    const auto factor_axis = [](double slopes) {
        return slopes == 0.0 ? single_point(0.0) : normal_axis(1.0 + index_precision * slopes);
    };
    return {.scales =
                degrees_of_freedom_ ? mixing_axis(*degrees_of_freedom_, scale) : single_point(1.0),
            .first = factor_axis(first),
            .second = factor_axis(second)};
}

double ConditionalBook::probability(std::size_t i, const FactorNode& node) const {
    const Obligor& o = obligors_[i];
    return normal_cdf(o.threshold * node.scale - o.first * node.first - o.second * node.second);
}

}  // namespace seawall::debt
