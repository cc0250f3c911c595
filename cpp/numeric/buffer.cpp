#include "numeric/buffer.hpp"

#include <sys/mman.h>

namespace seawall {
namespace {

class HugePages final : public std::pmr::memory_resource {
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        if (bytes < huge_page) return ::operator new(bytes, std::align_val_t{alignment});
        const std::size_t whole = (bytes + huge_page - 1) / huge_page * huge_page;
        void* memory = ::operator new(whole, std::align_val_t{huge_page});
        ::madvise(memory, whole, MADV_HUGEPAGE);  // advice: a refusal changes only the speed
        return memory;
    }
    void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
        if (bytes < huge_page) return ::operator delete(memory, std::align_val_t{alignment});
        ::operator delete(memory, std::align_val_t{huge_page});
    }
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
        return this == &other;
    }
};

}  // namespace

std::pmr::memory_resource* huge_pages() {
    static HugePages pages;
    return &pages;
}

}  // namespace seawall
