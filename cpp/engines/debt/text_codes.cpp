#include "engines/debt/text_codes.hpp"

#include <unordered_map>

#include "engines/debt/numbering.hpp"
#include "engines/debt/record_columns.hpp"
#include "errors/error.hpp"

namespace seawall::debt {
namespace {

constexpr std::size_t longest_packed = 7;
constexpr std::uint64_t length_shift = 56;

/// A short text and its length as one number.
std::uint64_t packed(std::string_view text) {
    std::uint64_t key = std::uint64_t{text.size()} << length_shift;
    for (std::size_t i = 0; i < text.size(); ++i) {
        key |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
    }
    return key;
}

/// Numbers texts as keys: a short one, such as a currency, is its own key.
class TextKeys {
  public:
    std::uint64_t key(std::string_view text) {
        if (text.size() <= longest_packed) return packed(text);
        const std::uint64_t next = (longest_packed + 1) << length_shift | long_texts_.size();
        return long_texts_.emplace(text, next).first->second;
    }

  private:
    std::unordered_map<std::string_view, std::uint64_t> long_texts_;
};

}  // namespace

TextCodes text_codes(const Table& table, std::string_view name) {
    const Column* column = find_column(table, name, ColumnType::text);
    TextCodes result;
    result.code_of_row.resize(table.row_count());
    if (column == nullptr) {
        result.codes.emplace_back();
        return result;
    }
    const TextValues& texts = column->text();
    TextKeys keys;
    Numbering numbering;
    for (std::size_t row = 0; row < texts.size(); ++row) {
        const std::uint32_t number = numbering.number(keys.key(texts[row]));
        result.code_of_row[row] = number;
        if (number < result.codes.size()) continue;
        if (number == max_codes) {
            throw Error(ErrorCode::limit_exceeded, std::string(name),
                        "may hold 65,536 different texts at most");
        }
        result.codes.emplace_back(texts[row]);
    }
    return result;
}

}  // namespace seawall::debt
