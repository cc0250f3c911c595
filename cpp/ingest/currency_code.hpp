#pragma once

#include <algorithm>
#include <string_view>

namespace seawall::ingest {

/// ISO 4217 alphabetic codes in use, and those of the legacy currencies that the euro and
/// redenominations replaced since 1999 (old tapes still carry them). Sorted, three letters each.
inline constexpr std::string_view currency_codes =
    "AEDAFNALLAMDANGAOAARSATSAUDAWGAZNBAMBBDBDTBEFBGNBHDBIFBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHFCLP"
    "CNHCNYCOPCRCCUPCVECYPCZKDEMDJFDKKDOPDZDEEKEGPERNESPETBEURFIMFJDFKPFRFGBPGELGHSGIPGMDGNFGRDGTQ"
    "GYDHKDHNLHRKHTGHUFIDRIEPILSINRIQDIRRISKITLJMDJODJPYKESKGSKHRKMFKPWKRWKWDKYDKZTLAKLBPLKRLRDLSL"
    "LTLLUFLVLLYDMADMDLMGAMKDMMKMNTMOPMRUMTLMURMVRMWKMXNMYRMZNNADNGNNIONLGNOKNPRNZDOMRPABPENPGKPHP"
    "PKRPLNPTEPYGQARROLRONRSDRUBRWFSARSBDSCRSDGSEKSGDSHPSITSKKSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTND"
    "TOPTRLTRYTTDTWDTZSUAHUGXUSDUYUUZSVESVNDVUVWSTXAFXCDXCGXOFXPFYERZARZMWZWG";

/// Whether the text is one of the codes, in capitals.
constexpr bool is_currency_code(std::string_view text) {
    if (text.size() != 3) return false;
    std::size_t first = 0;
    std::size_t last = currency_codes.size() / 3;
    while (first < last) {
        const std::size_t middle = (first + last) / 2;
        const std::string_view code = currency_codes.substr(middle * 3, 3);
        if (code == text) return true;
        if (code < text) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return false;
}

}  // namespace seawall::ingest
