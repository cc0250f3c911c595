#include "load/descriptors.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>

#include "errors/error.hpp"

namespace seawall::load {
namespace {

constexpr std::size_t others = 128;  // what else a process has open

}  // namespace

void check_descriptors(double connections) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
    if (connections + static_cast<double>(others) <= static_cast<double>(limit.rlim_cur)) return;
    throw Error(ErrorCode::limit_exceeded, "connections",
                "the process may open only " + std::to_string(limit.rlim_cur) + " files");
}

void reserve_descriptors(std::size_t connections) {
    const int any_file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (any_file < 0) return;
    const int last = fcntl(any_file, F_DUPFD_CLOEXEC, static_cast<int>(connections + others) - 1);
    if (last >= 0) close(last);
    close(any_file);
}

}  // namespace seawall::load
