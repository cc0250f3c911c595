#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <new>
#include <utility>
#include <vector>

namespace seawall {

inline constexpr std::size_t huge_page = std::size_t{1} << 21U;

/// Memory that asks for huge pages where a block fills one, since zeroing and small page faults
/// cost more than computing what goes there.
std::pmr::memory_resource* huge_pages();

/// Memory of many outputs that live as long as each other: a column takes the next bytes of a few
/// huge pages, and all is freed with this. It must outlive its columns; one thread asks at a time.
class OutputMemory : public std::pmr::monotonic_buffer_resource {
  public:
    explicit OutputMemory(std::size_t expected_bytes,
                          std::pmr::memory_resource* pages = huge_pages())
        : std::pmr::monotonic_buffer_resource(expected_bytes, pages) {}
};

/// For outputs whose every element will be written: resizing leaves numbers uninitialised, and
/// large blocks are of huge pages.
template <class T>
struct OutputAllocator {
    using value_type = T;
    using propagate_on_container_move_assignment = std::true_type;
    static constexpr std::size_t large_bytes = 2 * huge_page;
    static constexpr std::size_t cache_line = 64;

    OutputAllocator() = default;
    explicit OutputAllocator(std::pmr::memory_resource* from) : memory(from) {}
    template <class U>
    explicit(false) OutputAllocator(const OutputAllocator<U>& other) : memory(other.memory) {}

    T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (memory != nullptr) return static_cast<T*>(memory->allocate(bytes, cache_line));
        if (bytes < large_bytes) return std::allocator<T>().allocate(count);
        return static_cast<T*>(huge_pages()->allocate(bytes));
    }
    void deallocate(T* block, std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (memory != nullptr) return memory->deallocate(block, bytes, cache_line);
        if (bytes < large_bytes) return std::allocator<T>().deallocate(block, count);
        huge_pages()->deallocate(block, bytes);
    }
    template <class U>
    void construct(U* place) {
        ::new (static_cast<void*>(place)) U;
    }
    template <class U, class... Arguments>
    void construct(U* place, Arguments&&... arguments) {
        std::construct_at(place, std::forward<Arguments>(arguments)...);
    }
    friend bool operator==(const OutputAllocator& a, const OutputAllocator& b) {
        return a.memory == b.memory;
    }

    std::pmr::memory_resource* memory = nullptr;  ///< none: its own
};

/// Buffer<double>(n) holds n indeterminate values.
template <class T>
using Buffer = std::vector<T, OutputAllocator<T>>;

/// Gives each column room for so many indeterminate values, of the memory.
template <class... Columns>
void place(std::size_t count, std::pmr::memory_resource* memory, Columns&... columns) {
    ((columns = Columns(count, typename Columns::allocator_type(memory))), ...);
}

}  // namespace seawall
