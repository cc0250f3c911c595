#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>

#include "engines/debt/simulation/simulation_part.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::string_view magic = "swlosses";
constexpr std::uint64_t version = 1;
/// Of a record in SamplingRecord, and in the bytes.
constexpr std::uint64_t importance_kind = 1;
constexpr std::uint64_t sobol_kind = 2;

class Writer {
  public:
    explicit Writer(std::size_t size) { bytes_.reserve(size); }

    void put(std::uint64_t word) {
        for (unsigned shift = 0; shift < 64; shift += 8) {
            bytes_.push_back(static_cast<std::byte>(word >> shift));
        }
    }
    void put(double value) { put(std::bit_cast<std::uint64_t>(value)); }
    void put(const Digest& digest) {
        const auto raw = std::as_bytes(std::span(digest));
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    }
    void put(std::string_view text) {
        for (const char letter : text) bytes_.push_back(static_cast<std::byte>(letter));
    }
    std::vector<std::byte> finish() {
        put(sha256(bytes_));
        return std::move(bytes_);
    }

  private:
    std::vector<std::byte> bytes_;
};

[[noreturn]] void refuse(const std::string& field, const std::string& message) {
    throw Error(ErrorCode::source_unreadable, "part." + field, message);
}

class Reader {
  public:
    explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

    std::span<const std::byte> take(std::size_t count) {
        if (count > rest_.size()) refuse("length", "ends too early");
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    std::uint64_t word() {
        std::uint64_t word = 0;
        const auto bytes = take(8);
        for (std::size_t i = 0; i < 8; ++i)
            word |= std::to_integer<std::uint64_t>(bytes[i]) << 8 * i;
        return word;
    }
    double number() { return std::bit_cast<double>(word()); }
    Digest digest() {
        Digest digest;
        std::memcpy(digest.data(), take(digest.size()).data(), digest.size());
        return digest;
    }
    /// How many words of eight bytes come, of which all must be there.
    std::size_t word_count() {
        const std::uint64_t count = word();
        if (count > rest_.size() / 8) refuse("length", "ends too early");
        return static_cast<std::size_t>(count);
    }
    bool is_at_end() const { return rest_.empty(); }

  private:
    std::span<const std::byte> rest_;
};

SamplingRecord sampling_of(Reader& reader) {
    const std::uint64_t kind = reader.word();
    if (kind > sobol_kind) refuse("sampling", "is of no known kind");
    if (kind == sobol_kind) return SobolSampling{};
    if (kind != importance_kind) return PlainSampling{};
    ImportanceShift shift{.factor_shift = {}, .mixing_tilt = reader.number()};
    shift.factor_shift.resize(reader.word_count());
    for (double& mu : shift.factor_shift) mu = reader.number();
    return shift;
}

/// All before the digest, which must be theirs.
std::span<const std::byte> checked_content(std::span<const std::byte> bytes) {
    const bool is_part =
        bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
    if (!is_part) refuse("magic", "is no part of a simulation");
    Reader head(bytes.subspan(magic.size()));
    if (head.word() != version) refuse("version", "is of another version");
    constexpr std::size_t digest_size = std::tuple_size_v<Digest>;
    if (bytes.size() < digest_size) refuse("length", "ends too early");
    const auto content = bytes.first(bytes.size() - digest_size);
    if (Reader(bytes.last(digest_size)).digest() != sha256(content)) {
        refuse("digest", "is not that of the bytes: they end too early or were changed");
    }
    return content.subspan(magic.size() + 8);
}

}  // namespace

std::vector<std::byte> part_bytes(const SimulationPart& part) {
    Writer writer(256 + 8 * part.loss_minor.size());
    writer.put(magic);
    writer.put(version);
    writer.put(part.book_digest);
    writer.put(part.seed);
    writer.put(std::uint64_t{part.sampling.index()});
    if (const auto* shift = std::get_if<ImportanceShift>(&part.sampling)) {
        writer.put(shift->mixing_tilt);
        writer.put(std::uint64_t{shift->factor_shift.size()});
        for (const double mu : shift->factor_shift) writer.put(mu);
    }
    writer.put(part.first_scenario);
    writer.put(std::uint64_t{part.loss_minor.size()});
    for (const std::int64_t loss : part.loss_minor) writer.put(static_cast<std::uint64_t>(loss));
    return writer.finish();
}

SimulationPart part_of_bytes(std::span<const std::byte> bytes) {
    Reader reader(checked_content(bytes));
    SimulationPart part;
    part.book_digest = reader.digest();
    part.seed = reader.word();
    part.sampling = sampling_of(reader);
    part.first_scenario = reader.word();
    part.loss_minor.resize(reader.word_count());
    for (std::int64_t& loss : part.loss_minor) loss = static_cast<std::int64_t>(reader.word());
    if (!reader.is_at_end()) refuse("length", "has bytes beyond its losses");
    return part;
}

}  // namespace seawall::debt
