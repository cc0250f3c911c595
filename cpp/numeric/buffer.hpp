#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace seawall {

/// For outputs whose every element will be written: resizing leaves numbers uninitialised, and
/// large blocks ask for huge pages, since zeroing and small page faults cost more than computing
/// the values.
template <class T>
struct OutputAllocator {
    using value_type = T;
    static constexpr std::size_t huge_page = std::size_t{1} << 21U;
    static constexpr std::size_t large_bytes = 2 * huge_page;

    OutputAllocator() = default;
    template <class U>
    explicit(false) OutputAllocator(const OutputAllocator<U>&) {}

    T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (bytes < large_bytes) return std::allocator<T>().allocate(count);
        void* memory = ::operator new(bytes, std::align_val_t{huge_page});
        ::madvise(memory, bytes, MADV_HUGEPAGE);  // advice: a refusal changes nothing but the speed
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) {
        if (count * sizeof(T) < large_bytes) return std::allocator<T>().deallocate(memory, count);
        ::operator delete(memory, std::align_val_t{huge_page});
    }
    template <class U>
    void construct(U* place) {
        ::new (static_cast<void*>(place)) U;
    }
    template <class U, class... Arguments>
    void construct(U* place, Arguments&&... arguments) {
        std::construct_at(place, std::forward<Arguments>(arguments)...);
    }
    friend bool operator==(const OutputAllocator&, const OutputAllocator&) { return true; }
};

/// Buffer<double>(n) holds n indeterminate values.
template <class T>
using Buffer = std::vector<T, OutputAllocator<T>>;

}  // namespace seawall
