#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <vector>

#include "numeric/buffer.hpp"

namespace seawall {

/// Huge pages that are kept when given back, for who asks for a block of the same size next: the
/// first touch of a fresh page may cost more than computing what goes there. Any thread may ask.
class KeptPages final : public std::pmr::memory_resource {
  public:
    explicit KeptPages(std::size_t most_bytes) : most_bytes_(most_bytes) {
        kept_.reserve(most_bytes / huge_page);  // so that giving back never allocates
    }
    KeptPages(const KeptPages&) = delete;
    KeptPages& operator=(const KeptPages&) = delete;
    ~KeptPages() override { release(); }

    std::size_t kept_bytes() const;

  private:
    struct Block {
        void* memory;
        std::size_t bytes;
    };

    /// A block of another size gives back what is kept: that was of runs of another kind, and is
    /// never held on top of what they need now.
    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override;
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
        return this == &other;
    }
    void release();

    std::size_t most_bytes_;
    mutable std::mutex mutex_;
    std::vector<Block> kept_;
    std::size_t kept_bytes_ = 0;
};

/// What a process keeps at most: about two cases of a million loans over months. More would wait
/// for runs that may not come.
inline constexpr std::size_t most_kept_bytes = std::size_t{1} << 30U;

/// Those of the process, for as long as anyone holds them.
std::shared_ptr<KeptPages> shared_kept_pages();

}  // namespace seawall
