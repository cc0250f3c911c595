#include "engines/debt/expected_credit_loss.hpp"

#include <cmath>
#include <cstddef>
#include <string>

#include "errors/error.hpp"

namespace seawall::debt {
namespace {

bool is_fraction(double x) {
    return x >= 0.0 && x <= 1.0;  // false for NaN
}

void check(const CreditLossTerms& terms) {
    if (terms.hazards.size() != terms.exposures.size()) {
        refuse_input("exposures", "must be as many as the hazards");
    }
    for (std::size_t t = 0; t < terms.hazards.size(); ++t) {
        if (!is_fraction(terms.hazards[t])) {
            refuse_input("hazards[" + std::to_string(t) + "]", "must be from 0 to 1");
        }
        if (!(terms.exposures[t] >= 0.0) || std::isinf(terms.exposures[t])) {
            refuse_input("exposures[" + std::to_string(t) + "]", "must be 0 or more");
        }
    }
    if (!is_fraction(terms.loss_given_default)) {
        refuse_input("loss_given_default", "must be from 0 to 1");
    }
    const double rate = terms.effective_interest_rate;
    if (!(rate > -1.0) || std::isinf(rate))
        refuse_input("effective_interest_rate", "must be above -1");
}

}  // namespace

ExpectedCreditLoss expected_credit_loss(const CreditLossTerms& terms) {
    check(terms);
    ExpectedCreditLoss result;
    double survival = 1.0;
    double discount = 1.0;
    for (std::size_t t = 0; t < terms.hazards.size(); ++t) {
        discount /= 1.0 + terms.effective_interest_rate;
        result.by_year.push_back(survival * terms.hazards[t] * terms.exposures[t] *
                                 terms.loss_given_default * discount);
        result.lifetime += result.by_year.back();
        survival *= 1.0 - terms.hazards[t];
    }
    if (!result.by_year.empty()) result.twelve_months = result.by_year.front();
    return result;
}

}  // namespace seawall::debt
