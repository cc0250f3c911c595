#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "engines/debt/types.hpp"

namespace seawall::debt::fixture {

/// What the tests of this folder share: a book record by record, and the columns it becomes.
struct Instrument {
    double principal, rate_pct, collateral;
};
struct DistressedAsset {
    double value, recovery_pct;
};
struct Record {
    double total = 0.0, rate_pct = 0.0, collateral = 0.0, assets = 0.0;
    bool collateral_given = false;
    std::vector<Instrument> instruments{};
    std::vector<DistressedAsset> distressed{};
};

struct SampleBook {
    std::vector<double> total, rate_pct, collateral, assets;
    std::vector<std::uint8_t> collateral_given;
    std::vector<std::int64_t> instrument_offsets{0}, distressed_offsets{0};
    std::vector<double> principal, instrument_rate_pct, instrument_collateral, value, recovery_pct;

    explicit SampleBook(const std::vector<Record>& records) {
        for (const Record& record : records) {
            total.push_back(record.total);
            rate_pct.push_back(record.rate_pct);
            collateral.push_back(record.collateral);
            assets.push_back(record.assets);
            collateral_given.push_back(record.collateral_given ? 1 : 0);
            for (const Instrument& instrument : record.instruments) {
                principal.push_back(instrument.principal);
                instrument_rate_pct.push_back(instrument.rate_pct);
                instrument_collateral.push_back(instrument.collateral);
            }
            for (const DistressedAsset& asset : record.distressed) {
                value.push_back(asset.value);
                recovery_pct.push_back(asset.recovery_pct);
            }
            instrument_offsets.push_back(static_cast<std::int64_t>(principal.size()));
            distressed_offsets.push_back(static_cast<std::int64_t>(value.size()));
        }
    }

    BookColumns columns() const {
        return {.total_outstanding = total,
                .interest_rate_pct = rate_pct,
                .collateral_value = collateral,
                .collateral_given = collateral_given,
                .assets_value = assets,
                .instrument_offsets = instrument_offsets,
                .distressed_asset_offsets = distressed_offsets,
                .instrument_principal = principal,
                .instrument_interest_rate_pct = instrument_rate_pct,
                .instrument_collateral_value = instrument_collateral,
                .distressed_asset_value = value,
                .distressed_asset_recovery_rate_pct = recovery_pct};
    }
};

/// Records of every kind: with and without debt, instruments, collateral of their own, assets.
inline std::vector<Record> random_records(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](double limit) {
        return std::uniform_real_distribution<double>(0.0, limit)(random);
    };
    std::vector<Record> records(count);
    for (Record& record : records) {
        record.assets = below(1.0) < 0.2 ? 0.0 : below(3e6);
        record.collateral_given = below(1.0) < 0.5;
        if (record.collateral_given) record.collateral = below(8e5);
        if (below(1.0) < 0.5) {
            record.total = below(1.0) < 0.1 ? 0.0 : below(1e6);
            record.rate_pct = below(12.0);
        } else {
            record.instruments.resize(1 + static_cast<std::size_t>(below(40.0)));
            for (Instrument& instrument : record.instruments) {
                instrument = {.principal = 1.0 + below(1e6),
                              .rate_pct = below(12.0),
                              .collateral = below(8e5)};
            }
        }
        record.distressed.resize(static_cast<std::size_t>(below(4.0)));
        for (DistressedAsset& asset : record.distressed) {
            asset = {.value = below(2e5), .recovery_pct = below(100.0)};
        }
    }
    return records;
}

/// The contract's published check: net 105,000; losses 64,750 / 259,250 / 205,750.
inline Record contract_record() {
    return {.total = 1e6,
            .rate_pct = 5.0,
            .collateral = 750'000.0,
            .assets = 2e6,
            .collateral_given = true,
            .distressed = {{.value = 200'000.0, .recovery_pct = 50.0},
                           {.value = 90'000.0, .recovery_pct = 50.0}}};
}

/// interest_rate_spike, market_crash, default_wave.
inline std::vector<StressScenario> contract_scenarios() {
    return {{2.5, -0.05, -0.05, 0.02}, {0.5, -0.25, -0.15, 0.05}, {1.0, -0.10, -0.35, 0.08}};
}

/// A record by the contract's table, one plain sum after the other.
struct NaiveRecord {
    double total = 0.0, rate_pct = 0.0, collateral = 0.0, value = 0.0, recovery = 0.0;

    explicit NaiveRecord(const Record& record) : total(record.total), rate_pct(record.rate_pct) {
        double own_collateral = 0.0;
        if (!record.instruments.empty()) {
            total = 0.0;
            double weighted = 0.0;
            for (const Instrument& instrument : record.instruments) {
                total += instrument.principal;
                weighted += instrument.principal * instrument.rate_pct;
                own_collateral += instrument.collateral;
            }
            rate_pct = total <= 0.0 ? 0.0 : weighted / total;
        }
        collateral = record.collateral_given ? record.collateral : own_collateral;
        for (const DistressedAsset& asset : record.distressed) {
            value += asset.value;
            recovery += asset.value * asset.recovery_pct / 100.0;
        }
    }

    static double positive(double amount) { return amount > 0.0 ? amount : 0.0; }
    double net() const { return positive(total - (collateral + recovery)); }
    double stressed_net(const StressScenario& scenario) const {
        const double kept = positive(collateral * (1.0 + scenario.collateral_market_impact));
        const double recovered = positive(recovery * (1.0 + scenario.recovery_degradation));
        return positive(total - (kept + recovered)) +
               positive(total * scenario.default_risk_increment);
    }
    double loss(const StressScenario& scenario) const {
        return positive(stressed_net(scenario) - net());
    }
};

}  // namespace seawall::debt::fixture
