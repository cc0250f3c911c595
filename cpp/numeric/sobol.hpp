#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace seawall {

inline constexpr std::size_t largest_sobol_dimension_count = 1024;

/// Points beyond are no longer a net of their own.
inline constexpr std::uint64_t largest_sobol_point_count = std::uint64_t{1} << 32U;

/// The direction numbers of one dimension, bit 63 worth ½; number k for bit k of a point's Gray
/// code.
using SobolDirections = std::array<std::uint64_t, 32>;

/// S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections"
/// (2008), new-joe-kuo-6.21201. Throws Error(limit_exceeded) beyond the largest dimension count.
std::vector<SobolDirections> sobol_directions(std::size_t dimension_count);

/// A point's coordinate times 2^64, in the order of Gray codes; point 0 is the origin.
std::uint64_t sobol_coordinate(const SobolDirections& directions, std::uint64_t point);

/// One randomisation of a Sobol sequence: a random lower triangular matrix times each dimension's
/// digits (J. Matoušek, 1998) and a random digital shift. Each point is then uniform, any aligned
/// 2^m points are still a net, and the variance is that of nested uniform scrambling (A. B. Owen,
/// "Variance with alternative scramblings of digital nets", 2003), at the price of a plain point:
/// hashes that imitate nested scrambling are only nearly unbiased. Scrambles of one seed are
/// independent; they take the random stream's words for scrambles.
class ScrambledSobol {
  public:
    ScrambledSobol(std::size_t dimension_count, std::uint64_t seed, std::uint32_t scramble);

    std::size_t dimension_count() const { return dimensions_.size(); }

    /// A coordinate in (0, 1), of 53 bits as uniform_53 has them. point <
    /// largest_sobol_point_count.
    double coordinate(std::uint64_t point, std::size_t dimension) const;

    /// All coordinates of a point: as many as there are dimensions.
    void point(std::uint64_t point, std::span<double> coordinates) const;

  private:
    struct Dimension {
        SobolDirections directions;
        std::uint64_t shift;
    };
    std::vector<Dimension> dimensions_;
};

}  // namespace seawall
