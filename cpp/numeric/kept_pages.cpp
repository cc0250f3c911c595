#include "numeric/kept_pages.hpp"

namespace seawall {

std::size_t KeptPages::kept_bytes() const {
    const std::scoped_lock lock(mutex_);
    return kept_bytes_;
}

void* KeptPages::do_allocate(std::size_t bytes, std::size_t alignment) {
    const std::scoped_lock lock(mutex_);
    if (!kept_.empty() && kept_.back().bytes == bytes) {
        void* const memory = kept_.back().memory;
        kept_.pop_back();
        kept_bytes_ -= bytes;
        return memory;
    }
    release();
    return huge_pages()->allocate(bytes, alignment);
}

void KeptPages::do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) {
    const std::scoped_lock lock(mutex_);
    const bool is_alike = kept_.empty() || kept_.back().bytes == bytes;
    if (is_alike && bytes >= huge_page && bytes <= most_bytes_ - kept_bytes_) {
        kept_.push_back({memory, bytes});
        kept_bytes_ += bytes;
        return;
    }
    huge_pages()->deallocate(memory, bytes, alignment);
}

void KeptPages::release() {
    for (const auto& [memory, bytes] : kept_) huge_pages()->deallocate(memory, bytes);
    kept_.clear();
    kept_bytes_ = 0;
}

std::shared_ptr<KeptPages> shared_kept_pages() {
    static std::mutex mutex;
    static std::weak_ptr<KeptPages> shared;
    const std::scoped_lock lock(mutex);
    std::shared_ptr<KeptPages> pages = shared.lock();
    if (pages == nullptr) {
        pages = std::make_shared<KeptPages>(most_kept_bytes);
        shared = pages;
    }
    return pages;
}

}  // namespace seawall
