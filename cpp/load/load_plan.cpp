#include "load/load_plan.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cmath>
#include <cstddef>
#include <string>

#include "errors/error.hpp"
#include "load/descriptors.hpp"
#include "load/require.hpp"

namespace seawall::load {
namespace {

void require_at_most(double value, double most, const char* where) {
    if (value <= most) return;
    throw Error(ErrorCode::limit_exceeded, where,
                "must be at most " + std::to_string(static_cast<long long>(most)));
}

bool is_amount(double value) {
    return std::isfinite(value) && value >= 0.0;
}

void check_target(const LoadTarget& target) {
    boost::system::error_code code;
    const auto address = boost::asio::ip::make_address(target.address, code);
    require(!code, "target.address", "must be a numeric address");
    require(address.is_loopback() || target.may_be_remote, "target.address",
            "is not this machine: a load on others must be allowed explicitly");
    require(target.port > 0, "target.port", "must be above 0");
}

double check_shape(const LoadPlan& plan) {
    require(!plan.shape.empty(), "shape", "is empty");
    double highest = 0.0;
    for (std::size_t i = 0; i < plan.shape.size(); ++i) {
        const LoadStretch& stretch = plan.shape[i];
        const std::string where = "shape[" + std::to_string(i) + "]";
        require(std::isfinite(stretch.duration_s) && stretch.duration_s > 0.0,
                where + ".duration_s", "must be above 0");
        require(is_amount(stretch.from) && is_amount(stretch.to), where, "must not be negative");
        highest = std::max({highest, stretch.from, stretch.to});
    }
    require_at_most(shape_duration_s(plan.shape), longest_run_s, "shape");
    return highest;
}

void check_requests(const LoadPlan& plan) {
    require(!plan.requests.empty(), "requests", "is empty");
    for (std::size_t i = 0; i < plan.requests.size(); ++i) {
        const std::string where = "requests[" + std::to_string(i) + "]";
        const double weight = plan.requests[i].weight;
        require(std::isfinite(weight) && weight > 0.0, where + ".weight", "must be above 0");
    }
}

}  // namespace

void check_plan(const LoadPlan& plan) {
    check_target(plan.target);
    const double highest = check_shape(plan);
    check_requests(plan);
    require(is_amount(plan.think_low_s) && is_amount(plan.think_high_s) &&
                plan.think_low_s <= plan.think_high_s,
            "think", "must go from a low to a high time");
    require_at_most(plan.think_high_s, longest_timeout_s, "think");
    require(std::isfinite(plan.timeout_s) && plan.timeout_s > 0.0, "timeout_s", "must be above 0");
    require_at_most(plan.timeout_s, longest_timeout_s, "timeout_s");
    require(plan.request_limit > 0, "request_limit", "must be above 0");
    require_at_most(static_cast<double>(plan.request_limit), static_cast<double>(most_requests),
                    "request_limit");
    require(plan.first_sequence <= (std::uint64_t{1} << 62U), "first_sequence", "is above 2^62");
    require(plan.threads > 0, "threads", "must be above 0");
    require_at_most(static_cast<double>(plan.threads), 64.0, "threads");
    const bool is_open = plan.loop == Loop::open;
    require(!is_open || plan.connection_limit >= plan.threads, "connection_limit",
            "must be at least one for each thread");
    const double connections = is_open ? static_cast<double>(plan.connection_limit) : highest;
    require_at_most(connections, static_cast<double>(most_connections), "connections");
    check_descriptors(connections);
}

}  // namespace seawall::load
