#pragma once

#include <cstddef>

namespace seawall::load {

/// Throws limit_exceeded when the process may not have so many connections open beside all else.
void check_descriptors(double connections);

/// Makes the system's table of descriptors as large as so many connections need.
///
/// It would double as they come, and each time the thread that connects stands still for 6 to 19 ms
/// where several share it. Where it cannot be done, it is done as they come.
void reserve_descriptors(std::size_t connections);

}  // namespace seawall::load
