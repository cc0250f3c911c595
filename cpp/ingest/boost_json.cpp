// The one file that carries Boost.JSON's own implementation.
#include <boost/json/src.hpp>
