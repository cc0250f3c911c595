#include "engines/debt/minor_digits.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string_view>

#include "errors/error.hpp"
#include "ingest/currency_code.hpp"

BOOST_AUTO_TEST_SUITE(minor_digits_test)

using namespace seawall;
using namespace seawall::debt;

namespace {

void check_refused(double amount, ErrorCode code) {
    BOOST_CHECK_EXCEPTION(minor_units(amount, 2, "cash"), Error, [&](const Error& error) {
        return error.code() == code && error.where() == "cash";
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(digits_are_those_of_iso_4217) {
    for (const std::string_view code : {"USD", "EUR", "GBP", "CHF", "CNY", "MRU", "HUF"}) {
        BOOST_TEST(minor_digits(code) == 2);
    }
    for (const std::string_view code :
         {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
          "VUV", "XAF", "XOF", "XPF"}) {
        BOOST_TEST(minor_digits(code) == 0);
    }
    for (const std::string_view code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) {
        BOOST_TEST(minor_digits(code) == 3);
    }
    BOOST_TEST(minor_digits("CLF") == 4);
    BOOST_TEST(minor_digits("UYW") == 4);
}

BOOST_AUTO_TEST_CASE(replaced_currencies_without_hundredths_have_no_digits) {
    for (const std::string_view code : {"BEF", "ESP", "GRD", "ITL", "LUF", "PTE", "TRL"}) {
        BOOST_TEST(minor_digits(code) == 0);
        BOOST_TEST(ingest::is_currency_code(code));
    }
    BOOST_TEST(minor_digits("DEM") == 2);
}

BOOST_AUTO_TEST_CASE(an_amount_is_rounded_half_to_even) {
    BOOST_TEST(minor_units(1234.56, 2, "cash") == 123456);
    BOOST_TEST(minor_units(0.125, 2, "cash") == 12);
    BOOST_TEST(minor_units(0.375, 2, "cash") == 38);
    BOOST_TEST(minor_units(-0.125, 2, "cash") == -12);
    BOOST_TEST(minor_units(2.5, 0, "cash") == 2);
    BOOST_TEST(minor_units(1.0005, 4, "cash") == 10005);
}

BOOST_AUTO_TEST_CASE(an_amount_beyond_2_to_the_53_minor_units_is_refused) {
    const double most = 9007199254740992.0;
    BOOST_TEST(minor_units(most, 0, "cash") == largest_minor_units);
    check_refused(most / 64.0, ErrorCode::limit_exceeded);
    check_refused(-most, ErrorCode::limit_exceeded);
    check_refused(1e308, ErrorCode::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(an_amount_that_is_none_is_refused) {
    check_refused(std::numeric_limits<double>::quiet_NaN(), ErrorCode::invalid_input);
    check_refused(std::numeric_limits<double>::infinity(), ErrorCode::invalid_input);
}

BOOST_AUTO_TEST_CASE(a_count_of_digits_that_no_currency_has_is_refused) {
    for (const int digits : {-1, 5}) {
        BOOST_CHECK_EXCEPTION(minor_units(1.0, digits, "cash"), Error, [](const Error& error) {
            return error.code() == ErrorCode::invalid_input && error.where() == "digits";
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
