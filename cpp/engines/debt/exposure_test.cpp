#include "engines/debt/exposure.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <stop_token>
#include <string>

#include "engines/debt/book_fixture.hpp"
#include "errors/error.hpp"

BOOST_AUTO_TEST_SUITE(exposure_test)

using namespace seawall::debt;
using namespace seawall::debt::fixture;
using seawall::Buffer;
using seawall::Error;
using seawall::ErrorCode;

namespace {

/// Amounts here are up to about 1e7; differences of them carry the rounding of their operands.
void require_close(double actual, double expected, double scale = 0.0) {
    const double size = std::max({std::abs(actual), std::abs(expected), scale});
    BOOST_REQUIRE_SMALL(actual - expected, 1e-12 * size);
}

Exposure measure(const std::vector<Record>& records, const ComputeOptions& options = {}) {
    return measure_exposure(SampleBook(records).columns(), options);
}

/// The place of the error that a spoilt book raises, or "" when it raises none.
std::string refused_place(const std::function<void(SampleBook&)>& spoil) {
    std::vector<Record> records = random_records(20, 3);
    records[4].instruments = {{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}};
    records[5].distressed = {{1.0, 2.0}, {3.0, 4.0}};
    SampleBook book(records);
    spoil(book);
    try {
        check(book.columns());
    } catch (const Error& error) {
        BOOST_TEST((error.code() == ErrorCode::invalid_input));
        return error.where();
    }
    return "";
}

template <class T>
bool same_bits(std::span<const T> one, std::span<const T> other) {
    return std::ranges::equal(std::as_bytes(one), std::as_bytes(other));
}

bool same_bits(const Buffer<double>& one, const Buffer<double>& other) {
    return same_bits(std::span(one), std::span(other));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_contract_record_has_the_published_net_exposure) {
    const ExposureFigures figures = measure({contract_record()}).figures;
    BOOST_TEST(figures.total_outstanding == 1e6);
    BOOST_TEST(figures.interest_rate_pct == 5.0);
    BOOST_TEST(figures.interest_payment == 50'000.0);
    BOOST_TEST(figures.collateral_shortfall == 250'000.0);
    BOOST_TEST(figures.collateral_coverage_ratio == 0.75);
    BOOST_TEST(figures.leverage_ratio == 0.5);
    BOOST_TEST(figures.distressed_asset_value == 290'000.0);
    BOOST_TEST(figures.distressed_asset_recovery == 145'000.0);
    BOOST_TEST(figures.distressed_asset_recovery_ratio == 0.5);
    BOOST_TEST(figures.distressed_asset_count == 2);
    BOOST_TEST(figures.net_exposure_after_recovery == 105'000.0);
}

BOOST_AUTO_TEST_CASE(every_record_agrees_with_a_naive_reading_of_the_contract) {
    const std::vector<Record> records = random_records(3000, 1);
    const Exposure exposure = measure(records);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const NaiveRecord naive(records[i]);
        const double scale = naive.total + naive.collateral + naive.recovery;
        const RecordExposure& actual = exposure.records;
        require_close(actual.total_outstanding[i], naive.total);
        require_close(actual.interest_rate_pct[i], naive.rate_pct);
        require_close(actual.collateral_value[i], naive.collateral);
        require_close(actual.assets_value[i], records[i].assets);
        require_close(actual.interest_payment[i], naive.total * naive.rate_pct / 100.0);
        require_close(actual.collateral_shortfall[i],
                      std::fmax(naive.total - naive.collateral, 0.0), scale);
        require_close(actual.collateral_coverage_ratio[i],
                      naive.total > 0.0 ? naive.collateral / naive.total : 0.0);
        require_close(actual.leverage_ratio[i],
                      records[i].assets > 0.0 ? naive.total / records[i].assets : 0.0);
        require_close(actual.distressed_asset_value[i], naive.value);
        require_close(actual.distressed_asset_recovery[i], naive.recovery);
        require_close(actual.net_exposure_after_recovery[i], naive.net(), scale);
    }
}

BOOST_AUTO_TEST_CASE(the_figures_of_a_book_are_sums_of_records_and_ratios_of_sums) {
    const std::vector<Record> records = random_records(3000, 2);
    double total = 0.0, interest = 0.0, collateral = 0.0, assets = 0.0;
    double shortfall = 0.0, value = 0.0, recovery = 0.0, net = 0.0;
    std::int64_t count = 0;
    for (const Record& record : records) {
        const NaiveRecord naive(record);
        total += naive.total;
        interest += naive.total * naive.rate_pct / 100.0;
        collateral += naive.collateral;
        assets += record.assets;
        shortfall += std::fmax(naive.total - naive.collateral, 0.0);
        value += naive.value;
        recovery += naive.recovery;
        net += naive.net();
        count += static_cast<std::int64_t>(record.distressed.size());
    }
    const ExposureFigures figures = measure(records, {.detail = Detail::book}).figures;
    require_close(figures.total_outstanding, total);
    require_close(figures.interest_rate_pct, 100.0 * interest / total);
    require_close(figures.collateral_value, collateral);
    require_close(figures.assets_value, assets);
    require_close(figures.interest_payment, interest);
    require_close(figures.collateral_shortfall, shortfall);
    require_close(figures.collateral_coverage_ratio, collateral / total);
    require_close(figures.leverage_ratio, total / assets);
    require_close(figures.distressed_asset_value, value);
    require_close(figures.distressed_asset_recovery, recovery);
    require_close(figures.distressed_asset_recovery_ratio, recovery / value);
    require_close(figures.net_exposure_after_recovery, net);
    BOOST_TEST(figures.distressed_asset_count == count);
}

BOOST_AUTO_TEST_CASE(collateral_of_the_record_replaces_that_of_its_instruments_and_is_shared_out) {
    Record record{.instruments = {{300.0, 4.0, 50.0}, {100.0, 8.0, 70.0}}};
    const Exposure own = measure({record});
    BOOST_TEST(own.figures.collateral_value == 120.0);
    BOOST_TEST(own.positions.collateral_value[0] == 50.0);
    BOOST_TEST(own.figures.interest_rate_pct == 5.0);
    record.collateral_given = true;
    record.collateral = 80.0;
    const Exposure given = measure({record});
    BOOST_TEST(given.figures.collateral_value == 80.0);
    BOOST_TEST(given.positions.collateral_value[0] == 60.0);
    BOOST_TEST(given.positions.collateral_value[1] == 20.0);
    record.collateral = 0.0;  // an explicit 0 counts
    BOOST_TEST(measure({record}).figures.net_exposure_after_recovery == 400.0);
}

BOOST_AUTO_TEST_CASE(collateral_is_never_pooled_across_records) {
    const Record covered{.total = 100.0, .collateral = 500.0, .collateral_given = true};
    const Record bare{.total = 100.0};
    BOOST_TEST(measure({covered, bare}).figures.net_exposure_after_recovery == 100.0);
}

BOOST_AUTO_TEST_CASE(a_record_without_debt_has_its_rate_and_no_ratios) {
    const Record record{
        .rate_pct = 5.0, .collateral = 10.0, .assets = 20.0, .collateral_given = true};
    const Exposure exposure = measure({record});
    BOOST_TEST(exposure.figures.interest_rate_pct == 5.0);
    BOOST_TEST(exposure.figures.interest_payment == 0.0);
    BOOST_TEST(exposure.figures.collateral_coverage_ratio == 0.0);
    BOOST_TEST(exposure.figures.leverage_ratio == 0.0);
    BOOST_TEST(exposure.figures.net_exposure_after_recovery == 0.0);
    BOOST_TEST(exposure.positions.share[0] == 1.0);
}

BOOST_AUTO_TEST_CASE(an_empty_book_is_all_zeros) {
    const Exposure exposure = measure({});
    BOOST_TEST(exposure.figures.total_outstanding == 0.0);
    BOOST_TEST(exposure.figures.interest_rate_pct == 0.0);
    BOOST_TEST(exposure.positions.record.empty());
}

BOOST_AUTO_TEST_CASE(positions_add_up_to_their_record) {
    const std::vector<Record> records = random_records(3000, 4);
    const Exposure exposure = measure(records);
    const PositionExposure& positions = exposure.positions;
    const auto require_sums = [&](const Buffer<double>& parts, const Buffer<double>& whole) {
        const std::vector<double> sums = sum_by_group(positions.record, records.size(), parts);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            BOOST_REQUIRE_SMALL(sums[i] - whole[i], 1e-9 * whole[i] + 1e-300);
        }
    };
    require_sums(positions.principal, exposure.records.total_outstanding);
    require_sums(positions.interest_payment, exposure.records.interest_payment);
    require_sums(positions.collateral_value, exposure.records.collateral_value);
    require_sums(positions.net_exposure, exposure.records.net_exposure_after_recovery);
    require_sums(positions.share, Buffer<double>(records.size(), 1.0));
}

BOOST_AUTO_TEST_CASE(a_position_is_an_instrument_or_a_record_without_one) {
    const Exposure exposure = measure({{.total = 7.0, .rate_pct = 3.0},
                                       {.instruments = {{30.0, 4.0, 5.0}, {10.0, 8.0, 0.0}}},
                                       {.total = 9.0}});
    const PositionExposure& positions = exposure.positions;
    BOOST_TEST(positions.record == Buffer<std::int64_t>({0, 1, 1, 2}),
               boost::test_tools::per_element());
    BOOST_TEST(positions.principal == Buffer<double>({7.0, 30.0, 10.0, 9.0}),
               boost::test_tools::per_element());
    BOOST_TEST(positions.interest_rate_pct == Buffer<double>({3.0, 4.0, 8.0, 0.0}),
               boost::test_tools::per_element());
    BOOST_TEST(positions.interest_payment == Buffer<double>({0.21, 1.2, 0.8, 0.0}),
               boost::test_tools::per_element());
    BOOST_TEST(positions.net_exposure == Buffer<double>({7.0, 26.25, 8.75, 9.0}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(thread_count_does_not_change_a_single_bit) {
    const SampleBook book(random_records(5000, 5));
    const Exposure one = measure_exposure(book.columns(), {.parallel = {.threads = 1}});
    for (const std::size_t threads : {2U, 7U}) {
        const Exposure many = measure_exposure(book.columns(), {.parallel = {.threads = threads}});
        BOOST_TEST(same_bits(std::span(&one.figures, 1), std::span(&many.figures, 1)));
        BOOST_TEST(same_bits(one.records.interest_rate_pct, many.records.interest_rate_pct));
        BOOST_TEST(same_bits(one.records.net_exposure_after_recovery,
                             many.records.net_exposure_after_recovery));
        BOOST_TEST(same_bits(one.positions.collateral_value, many.positions.collateral_value));
        BOOST_TEST(same_bits(one.positions.net_exposure, many.positions.net_exposure));
    }
}

BOOST_AUTO_TEST_CASE(every_value_that_is_no_amount_is_refused_with_its_place) {
    struct Amounts {
        std::string name;
        std::vector<double> SampleBook::* values;
    };
    const Amounts columns[] = {{"total_outstanding", &SampleBook::total},
                               {"interest_rate_pct", &SampleBook::rate_pct},
                               {"collateral_value", &SampleBook::collateral},
                               {"assets_value", &SampleBook::assets},
                               {"instrument_principal", &SampleBook::principal},
                               {"instrument_interest_rate_pct", &SampleBook::instrument_rate_pct},
                               {"instrument_collateral_value", &SampleBook::instrument_collateral},
                               {"distressed_asset_value", &SampleBook::value},
                               {"distressed_asset_recovery_rate_pct", &SampleBook::recovery_pct}};
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const Amounts& column : columns) {
        for (const double bad : {std::nan(""), infinity, -infinity, -1e-300, 1e101}) {
            for (const std::size_t row : {0U, 9U, 17U}) {
                const std::string place =
                    refused_place([&](SampleBook& book) { (book.*column.values).at(row) = bad; });
                BOOST_TEST(place == column.name + "[" + std::to_string(row) + "]");
            }
        }
    }
    BOOST_TEST(refused_place([](SampleBook&) {}) == "");
}

BOOST_AUTO_TEST_CASE(a_principal_of_zero_is_refused) {
    BOOST_TEST(refused_place([](SampleBook& book) { book.principal[17] = 0.0; }) ==
               "instrument_principal[17]");
}

BOOST_AUTO_TEST_CASE(a_flag_beyond_one_is_refused) {
    BOOST_TEST(refused_place([](SampleBook& book) { book.collateral_given[3] = 2; }) ==
               "collateral_given[3]");
}

BOOST_AUTO_TEST_CASE(every_ragged_column_is_refused_by_name) {
    const auto place = [](auto SampleBook::* column) {
        return refused_place([=](SampleBook& book) { (book.*column).pop_back(); });
    };
    BOOST_TEST(place(&SampleBook::rate_pct) == "interest_rate_pct");
    BOOST_TEST(place(&SampleBook::collateral) == "collateral_value");
    BOOST_TEST(place(&SampleBook::collateral_given) == "collateral_given");
    BOOST_TEST(place(&SampleBook::assets) == "assets_value");
    BOOST_TEST(place(&SampleBook::instrument_offsets) == "instrument_offsets");
    BOOST_TEST(place(&SampleBook::distressed_offsets) == "distressed_asset_offsets");
    BOOST_TEST(place(&SampleBook::instrument_rate_pct) == "instrument_interest_rate_pct");
    BOOST_TEST(place(&SampleBook::instrument_collateral) == "instrument_collateral_value");
    BOOST_TEST(place(&SampleBook::recovery_pct) == "distressed_asset_recovery_rate_pct");
}

BOOST_AUTO_TEST_CASE(offsets_that_do_not_partition_their_rows_are_refused) {
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    for (const auto& [name, offsets] :
         {std::pair{std::string("instrument_offsets"), &SampleBook::instrument_offsets},
          std::pair{std::string("distressed_asset_offsets"), &SampleBook::distressed_offsets}}) {
        const auto place = [offsets = offsets](std::size_t row, std::int64_t offset) {
            return refused_place([=](SampleBook& book) { (book.*offsets).at(row) = offset; });
        };
        BOOST_TEST(place(0, 1) == name + "[0]");
        BOOST_TEST(place(5, 1'000'000) == name + "[6]");
        BOOST_TEST(place(5, -1) == name + "[5]");
        BOOST_TEST(place(5, lowest) == name + "[5]");
        BOOST_TEST(place(20, 1'000'000) == name + "[20]");
        // A step down so deep that its difference wraps around to a rise.
        BOOST_TEST(refused_place([offsets = offsets](SampleBook& book) {
                       (book.*offsets).at(4) = 6'000'000'000'000'000'000;
                       (book.*offsets).at(5) = -6'000'000'000'000'000'000;
                   }) == name + "[5]");
    }
}

BOOST_AUTO_TEST_CASE(a_stop_request_ends_the_run_and_progress_counts_records) {
    const SampleBook book(random_records(3000, 6));
    std::atomic<std::uint64_t> done{0};
    measure_exposure(book.columns(),
                     {.parallel = {.control = {.stop = {}, .completed_units = &done}}});
    BOOST_TEST(done.load() == 3000U);
    const std::stop_source source;
    source.request_stop();
    BOOST_CHECK_EXCEPTION(
        measure_exposure(book.columns(), {.parallel = {.control = {.stop = source.get_token(),
                                                                   .completed_units = nullptr}}}),
        Error, [](const Error& error) { return error.code() == ErrorCode::cancelled; });
}

BOOST_AUTO_TEST_CASE(groups_add_their_records_and_refuse_an_unknown_group) {
    const std::vector<std::int64_t> group{1, 0, 1, 2};
    const std::vector<double> values{1.0, 2.0, 4.0, 8.0};
    BOOST_TEST(sum_by_group(group, 4, values) == std::vector<double>({2.0, 5.0, 8.0, 0.0}),
               boost::test_tools::per_element());
    const auto at = [](const char* place) {
        return [place](const Error& error) { return error.where() == place; };
    };
    const std::vector<std::int64_t> negative{0, -1, 0, 0};
    BOOST_CHECK_EXCEPTION(sum_by_group(group, 2, values), Error, at("group_of_record[3]"));
    BOOST_CHECK_EXCEPTION(sum_by_group(negative, 2, values), Error, at("group_of_record[1]"));
    BOOST_CHECK_EXCEPTION(sum_by_group(group, 4, std::vector{1.0}), Error, at("values"));
}

BOOST_AUTO_TEST_SUITE_END()
