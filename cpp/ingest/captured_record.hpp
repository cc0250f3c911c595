#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/cell.hpp"
#include "ingest/field_set.hpp"
#include "ingest/rules.hpp"
#include "ingest/tape_profile.hpp"

namespace seawall::ingest {

/// A raw cell found at one of a field's paths; its text stands in the record's arena.
struct CapturedCell {
    std::size_t offset = 0;
    std::size_t size = 0;
    std::size_t priority = 0;  ///< which of the field's paths it was found at; lower wins
    CellForm form = CellForm::absent;
    std::size_t sentinel_priority = static_cast<std::size_t>(-1);  ///< lowest path that holds one

    bool is_sentinel() const { return sentinel_priority == priority; }
};

/// One element of a list of the record.
struct CapturedElement {
    std::size_t list = 0;
    std::size_t priority = 0;     ///< which of the list's paths it was found at
    std::size_t cells_begin = 0;  ///< its cells in CapturedRecord::element_cells
    std::uint32_t cell_count = 0;
    bool is_object = true;
};

/// A cell of an element: only those are held that were found, since a list of very many elements
/// that are empty costs next to nothing to send.
struct CapturedElementCell {
    std::size_t field = 0;  ///< of the list
    CapturedCell cell;
};

/// A refusal met while the record was taken apart.
struct CapturedProblem {
    Rule rule = Rule::record_unreadable;
    std::string field;
    std::string value;
    std::string reason;
};

/// The most paths outside the profile that are remembered.
inline constexpr std::size_t max_unread = 100;

/// The most elements of all lists of a record, which take many times their bytes.
inline constexpr std::size_t max_elements = 250'000;

/// The raw cells of one record, sorted by the profile's paths and not yet read. Reused from record
/// to record.
struct CapturedRecord {
    std::vector<CapturedCell> cells;  ///< one per record field
    FieldSet found;                   ///< the record fields that have a cell
    std::vector<CapturedElement> elements;
    std::vector<CapturedElementCell> element_cells;
    std::vector<CapturedProblem> cell_problems;
    std::optional<CapturedProblem> record_problem;
    bool is_of_kind = true;  ///< false: it has none of the paths that the profile's kind has
    RuleSet applied;
    std::string arena;
    std::set<std::string> unread;  ///< paths of keys outside the profile, of all its records so far

    RawCell raw(const CapturedCell& cell) const {
        return {.text = std::string_view(arena).substr(cell.offset, cell.size),
                .form = cell.form,
                .after_sentinel = cell.sentinel_priority < cell.priority};
    }

    std::span<const CapturedElementCell> cells_of(const CapturedElement& element) const {
        return std::span(element_cells).subspan(element.cells_begin, element.cell_count);
    }

    void reset(std::size_t field_count) {
        if (cells.size() == field_count) {
            found.each([&](std::size_t field) { cells[field] = CapturedCell{}; });
            found.clear();
        } else {
            cells.assign(field_count, CapturedCell{});
            found = FieldSet(field_count);
        }
        elements.clear();
        element_cells.clear();
        cell_problems.clear();
        record_problem.reset();
        is_of_kind = true;
        applied = RuleSet{};
        arena.clear();
    }
};

}  // namespace seawall::ingest
