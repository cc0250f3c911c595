#include "numeric/sobol.hpp"

#include <bit>
#include <boost/random/sobol.hpp>

#include "numeric/uniform.hpp"
#include "table/error.hpp"

namespace seawall {
namespace {

/// The random 64-bit words of one dimension of one scramble: a column for each direction number's
/// bit and the shift.
constexpr std::uint32_t words_per_dimension = 33;
constexpr std::uint32_t shift_word = 32;

struct ScrambleWords {
    std::uint64_t seed;
    std::uint32_t scramble, dimension;

    std::uint64_t operator()(std::uint32_t word) const {
        constexpr std::uint32_t blocks_per_dimension = (words_per_dimension + 1) / 2;
        const PhiloxBlock block = stream_block(seed, RandomStream::scramble, scramble,
                                               dimension * blocks_per_dimension + word / 2);
        const std::size_t first = std::size_t{word % 2} * 2;
        return (std::uint64_t{block[first]} << 32U) | block[first + 1];
    }
};

/// The lower triangular matrix, its diagonal 1, times each direction number: column `bit` goes into
/// every number that has that bit, counted from the highest.
SobolDirections scrambled(const SobolDirections& plain, const ScrambleWords& words) {
    SobolDirections directions{};
    for (std::uint32_t bit = 0; bit < plain.size(); ++bit) {
        const std::uint64_t diagonal = std::uint64_t{1} << (63U - bit);
        const std::uint64_t column = diagonal | (words(bit) & (diagonal - 1));
        for (std::size_t k = 0; k < plain.size(); ++k) {
            if ((plain[k] & diagonal) != 0) directions[k] ^= column;
        }
    }
    return directions;
}

}  // namespace

std::vector<SobolDirections> sobol_directions(std::size_t dimension_count) {
    if (dimension_count > largest_sobol_dimension_count) {
        throw Error{ErrorCode::limit_exceeded, "dimension_count", "more than 1024 dimensions"};
    }
    std::vector<SobolDirections> directions(dimension_count);
    if (dimension_count == 0) return directions;
    boost::random::sobol sequence(dimension_count);
    for (std::size_t k = 0; k < SobolDirections{}.size(); ++k) {
        // The point whose Gray code is bit k alone; the library counts without the origin.
        const std::uint64_t point = (std::uint64_t{2} << k) - 1;
        sequence.seed(point - 1);
        for (SobolDirections& dimension : directions) dimension[k] = sequence();
    }
    return directions;
}

std::uint64_t sobol_coordinate(const SobolDirections& directions, std::uint64_t point) {
    std::uint64_t coordinate = 0;
    for (std::uint64_t gray = point ^ (point >> 1U); gray != 0; gray &= gray - 1) {
        coordinate ^= directions[static_cast<std::size_t>(std::countr_zero(gray))];
    }
    return coordinate;
}

ScrambledSobol::ScrambledSobol(std::size_t dimension_count, std::uint64_t seed,
                               std::uint32_t scramble) {
    for (const SobolDirections& plain : sobol_directions(dimension_count)) {
        const ScrambleWords words{.seed = seed,
                                  .scramble = scramble,
                                  .dimension = static_cast<std::uint32_t>(dimensions_.size())};
        dimensions_.push_back({.directions = scrambled(plain, words), .shift = words(shift_word)});
    }
}

double ScrambledSobol::coordinate(std::uint64_t point, std::size_t dimension) const {
    const Dimension& at = dimensions_[dimension];
    const std::uint64_t bits = sobol_coordinate(at.directions, point) ^ at.shift;
    return uniform_53(static_cast<std::uint32_t>(bits >> 32U), static_cast<std::uint32_t>(bits));
}

void ScrambledSobol::point(std::uint64_t point, std::span<double> coordinates) const {
    for (std::size_t i = 0; i < dimensions_.size(); ++i) coordinates[i] = coordinate(point, i);
}

}  // namespace seawall
