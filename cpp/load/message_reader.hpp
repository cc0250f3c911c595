#pragma once

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace seawall::load {

/// What of a message is looked at while it is read.
struct MessageWish {
    std::uint64_t body_limit_bytes = 0;
    std::string_view text{};       // looked for in the body; must outlive the reader
    bool is_without_body = false;  // the answer to HEAD
};

/// Reads one HTTP/1.1 message, piece by piece, and keeps nothing of it but what was asked for.
template <bool is_request>
class MessageReader : public boost::beast::http::basic_parser<is_request> {
    using Code = boost::beast::error_code;
    using View = boost::beast::string_view;

  public:
    explicit MessageReader(const MessageWish& wish) : text_(wish.text) {
        this->eager(true);
        this->body_limit(wish.body_limit_bytes);
        if (wish.is_without_body) this->skip(true);
    }

    int status() const { return status_; }
    bool has_text() const { return text_.empty() || is_text_found_; }
    /// An answer such as 100 Continue, after which the real one comes.
    bool is_interim() const { return status_ >= 100 && status_ < 200 && status_ != 101; }

  private:
    void on_request_impl(boost::beast::http::verb /*method*/, View /*text*/, View /*target*/,
                         int /*version*/, Code& /*code*/) override {}
    void on_response_impl(int status, View /*reason*/, int /*version*/, Code& /*code*/) override {
        status_ = status;
    }
    void on_field_impl(boost::beast::http::field /*name*/, View /*text*/, View /*value*/,
                       Code& /*code*/) override {}
    void on_trailer_field_impl(boost::beast::http::field /*name*/, View /*text*/, View /*value*/,
                               Code& /*code*/) override {}
    void on_header_impl(Code& /*code*/) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                           Code& /*code*/) override {}
    std::size_t on_body_impl(View body, Code& /*code*/) override {
        look_in(body);
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t /*size*/, View /*extensions*/,
                              Code& /*code*/) override {}
    std::size_t on_chunk_body_impl(std::uint64_t /*remaining*/, View body,
                                   Code& /*code*/) override {
        look_in(body);
        return body.size();
    }
    void on_finish_impl(Code& /*code*/) override {}

    /// The text may begin in one piece and end in the next.
    void look_in(View piece) {
        if (has_text()) return;
        const std::size_t kept = text_.size() - 1;
        tail_.append(piece.data(), std::min(piece.size(), kept));
        is_text_found_ =
            is_text_in(tail_.data(), tail_.size()) || is_text_in(piece.data(), piece.size());
        if (piece.size() > kept) {
            tail_.assign(piece.data() + piece.size() - kept, kept);
        } else if (tail_.size() > kept) {
            tail_.erase(0, tail_.size() - kept);
        }
    }

    /// memmem: std::string_view::find stops at each occurrence of the first letter.
    bool is_text_in(const char* data, std::size_t size) const {
        return memmem(data, size, text_.data(), text_.size()) != nullptr;
    }

    std::string_view text_;
    std::string tail_;
    int status_ = 0;
    bool is_text_found_ = false;
};

using ResponseReader = MessageReader<false>;
using RequestReader = MessageReader<true>;

}  // namespace seawall::load
