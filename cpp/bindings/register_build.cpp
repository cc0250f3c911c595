#include <map>
#include <string>

#include <pybind11/stl.h>

#include "bindings/module.hpp"

namespace seawall::bindings {

void register_build(pybind11::module_& module) {
    module.def(
        "build_info",
        [] {
            return std::map<std::string, std::string>{{"version", SEAWALL_VERSION},
                                                      {"build_type", SEAWALL_BUILD_TYPE},
                                                      {"compiler", __VERSION__},
                                                      {"flags", SEAWALL_FLAGS}};
        },
        "How this binary was built: version, build_type, compiler, flags.");
}

}  // namespace seawall::bindings
