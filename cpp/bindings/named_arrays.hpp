#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/typing.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "errors/error.hpp"

namespace seawall::bindings {

using Arrays = pybind11::typing::Dict<pybind11::str, pybind11::buffer>;

/// Arrays by name, kept while the core reads them: their owner must not change them meanwhile.
class NamedArrays {
  public:
    NamedArrays(const Arrays& arrays, std::string place)
        : arrays_(arrays), place_(std::move(place)) {}

    /// A contiguous array of a number's type and a number of dimensions.
    template <typename Number>
    std::span<const Number> take(const char* name, std::size_t dimensions) {
        const std::string where = place_ + "." + name;
        if (!arrays_.contains(name)) {
            throw Error(ErrorCode::invalid_input, where, "is missing");
        }
        const auto array = pybind11::cast<pybind11::buffer>(arrays_[name]);
        kept_.push_back(array.request());
        const pybind11::buffer_info& info = kept_.back();
        if (static_cast<std::size_t>(info.ndim) != dimensions ||
            !info.item_type_is_equivalent_to<Number>() || !is_contiguous(info)) {
            throw Error(ErrorCode::invalid_input, where,
                        "must be a contiguous array of " + std::to_string(dimensions) +
                            (dimensions == 1 ? " dimension of " : " dimensions of ") +
                            (std::is_integral_v<Number> ? "int64" : "float64"));
        }
        return {static_cast<const Number*>(info.ptr), static_cast<std::size_t>(info.size)};
    }

    /// Of the array taken last.
    const std::vector<pybind11::ssize_t>& shape() const { return kept_.back().shape; }
    std::size_t taken_count() const { return kept_.size(); }
    const std::string& place() const { return place_; }

  private:
    static bool is_contiguous(const pybind11::buffer_info& info) {
        pybind11::ssize_t stride = info.itemsize;
        for (pybind11::ssize_t axis = info.ndim; axis-- > 0;) {
            const auto at = static_cast<std::size_t>(axis);
            if (info.shape[at] > 1 && info.strides[at] != stride) return info.size == 0;
            stride *= info.shape[at];
        }
        return true;
    }

    const Arrays& arrays_;
    std::string place_;
    std::vector<pybind11::buffer_info> kept_;
};

/// Numbers as bytes that numpy takes without a copy.
template <typename Number>
pybind11::bytes to_bytes(const std::vector<Number>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number)};
}

}  // namespace seawall::bindings
