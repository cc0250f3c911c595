// The one file that carries Boost.Test's own implementation and main().
#define BOOST_TEST_MODULE seawall
#include <boost/test/included/unit_test.hpp>
