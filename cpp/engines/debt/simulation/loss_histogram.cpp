#include "engines/debt/simulation/loss_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "errors/error.hpp"
#include "numeric/exponential.hpp"

namespace seawall::debt {
namespace {

constexpr std::int64_t largest_loss = 0x4000'0000'0000'0000;

void check(std::span<const std::int64_t> losses, const HistogramBins& bins) {
    if (bins.most < 1 || bins.most > largest_bin_count) {
        throw Error(ErrorCode::limit_exceeded, "bins", "must be from 1 to 10,000");
    }
    if (losses.empty()) throw Error(ErrorCode::invalid_input, "losses", "there is no scenario");
    const bool is_logarithmic = bins.scale == BinScale::logarithmic;
    const std::int64_t least = is_logarithmic ? 0 : -largest_loss;
    for (std::size_t s = 0; s < losses.size(); ++s) {
        if (losses[s] >= least && losses[s] <= largest_loss) continue;
        throw Error(ErrorCode::invalid_input, "losses[" + std::to_string(s) + "]",
                    is_logarithmic ? "must be from 0 to 2^62 for logarithmic bins"
                                   : "must be from -2^62 to 2^62");
    }
}

std::vector<std::int64_t> equal_edges(std::int64_t least, std::int64_t end, std::size_t most) {
    const WideInteger width = static_cast<WideInteger>(end) - least;
    const WideInteger count = std::min<WideInteger>(static_cast<WideInteger>(most), width);
    std::vector<std::int64_t> edges;
    for (WideInteger i = 0; i <= count; ++i) {
        edges.push_back(static_cast<std::int64_t>(least + width * i / count));
    }
    return edges;
}

std::vector<std::int64_t> logarithmic_edges(std::span<const std::int64_t> losses, std::int64_t end,
                                            std::size_t most) {
    std::int64_t least_positive = end;
    for (const std::int64_t loss : losses) {
        if (loss > 0) least_positive = std::min(least_positive, loss);
    }
    std::vector<std::int64_t> edges;
    if (std::ranges::min(losses) == 0) edges.push_back(0);
    if (least_positive == end || (most == 1 && !edges.empty())) {
        edges.push_back(end);
        return edges;
    }
    const std::size_t count = most - edges.size();
    edges.push_back(least_positive);
    const double low = canonical_log(static_cast<double>(least_positive));
    const double step =
        (canonical_log(static_cast<double>(end)) - low) / static_cast<double>(count);
    for (std::size_t i = 1; i < count; ++i) {
        const std::int64_t edge = std::llround(canonical_exp(low + static_cast<double>(i) * step));
        if (edge > edges.back() && edge < end) edges.push_back(edge);
    }
    edges.push_back(end);
    return edges;
}

}  // namespace

LossHistogram loss_histogram(const WeightedScenarios& scenarios, const HistogramBins& bins) {
    const auto losses = scenarios.loss_minor;
    check(losses, bins);
    if (scenarios.weight.size() != losses.size()) {
        throw Error(ErrorCode::invalid_input, "weights", "must have a value for each scenario");
    }
    const std::int64_t end = std::ranges::max(losses) + 1;
    LossHistogram histogram;
    histogram.edge_minor = bins.scale == BinScale::logarithmic
                               ? logarithmic_edges(losses, end, bins.most)
                               : equal_edges(std::ranges::min(losses), end, bins.most);
    const auto& edges = histogram.edge_minor;
    histogram.count.resize(edges.size() - 1);
    histogram.weight.resize(edges.size() - 1);
    for (std::size_t s = 0; s < losses.size(); ++s) {
        const auto above = std::ranges::upper_bound(edges, losses[s]);
        const auto bin = static_cast<std::size_t>(above - edges.begin()) - 1;
        ++histogram.count[bin];
        histogram.weight[bin] += scenarios.weight[s];
    }
    return histogram;
}

LossHistogram loss_histogram(std::span<const std::int64_t> loss_minor, const HistogramBins& bins) {
    const std::vector<std::uint32_t> ones(loss_minor.size(), unit_weight);
    return loss_histogram({.loss_minor = loss_minor, .weight = ones}, bins);
}

}  // namespace seawall::debt
