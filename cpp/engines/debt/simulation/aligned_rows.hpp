#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace seawall::debt {

/// Memory that the kernels may load and store by whole registers.
template <class T>
struct AlignedAllocator {
    using value_type = T;
    static constexpr std::align_val_t cache_line{64};

    AlignedAllocator() = default;
    template <class U>
    explicit(false) AlignedAllocator(const AlignedAllocator<U>&) {}
    T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), cache_line));
    }
    void deallocate(T* memory, std::size_t) { ::operator delete(memory, cache_line); }
    friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

template <class T>
using AlignedRows = std::vector<T, AlignedAllocator<T>>;

}  // namespace seawall::debt
