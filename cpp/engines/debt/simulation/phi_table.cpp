#include "engines/debt/simulation/phi_table.hpp"

#include <cstddef>
#include <iterator>

#include "numeric/normal_distribution.hpp"

namespace seawall::debt {
namespace {

/// 2^16·(Φ(t) − ½)
double rise_to(double t) {
    return 65536.0 * (normal_cdf(t) - 0.5);
}

PhiTable chords() {
    PhiTable table{};
    for (std::size_t i = 0; i < std::size(table.base); ++i) {
        const double from = static_cast<double>(i) / 16.0;
        const double to = static_cast<double>(i + 1) / 16.0;
        const double bulge = rise_to((from + to) / 2.0) - (rise_to(from) + rise_to(to)) / 2.0;
        table.base[i] = static_cast<std::uint16_t>(rise_to(from) + bulge / 2.0 + 0.5);
        table.slope[i] = static_cast<std::uint16_t>(rise_to(to) - rise_to(from) + 0.5);
    }
    return table;
}

}  // namespace

const PhiTable phi_table = chords();

}  // namespace seawall::debt
