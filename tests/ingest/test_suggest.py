"""A profile proposed for a tape that was never seen: what the cells tell, and what they do not."""

import os
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv

from seawall.engines.debt import DEBT_STRESS
from seawall.errors import InvalidInput, InvalidProfile, LimitExceeded, SourceUnreadable
from seawall.ingest import built_in_profiles, ingest_source, open_source
from seawall.ingest.column_proposal import ColumnProposal
from seawall.ingest.field_names import canonical_key
from seawall.ingest.profile import FieldRules, TapeProfile, parse_profile
from seawall.ingest.suggest import SAMPLE_ROWS, Suggestion, suggest_profile

CANONICAL = built_in_profiles([DEBT_STRESS.profiles])["generic"].fields
DATA = Path(__file__).parents[3] / "shared" / "data"


def suggested(currency: str | None = "USD", **columns: Sequence[str | None]) -> Suggestion:
    rows = max(len(cells) for cells in columns.values())
    numbers = {"id": [f"L{row}" for row in range(rows)]}
    texts = {
        name: pyarrow.array(cells, pyarrow.string())
        for name, cells in {**numbers, **columns}.items()
    }
    return suggest_profile(
        pyarrow.table(texts), name="mine", canonical_fields=CANONICAL, currency=currency
    )


def proposed(suggestion: Suggestion, column: str) -> ColumnProposal:
    (found,) = [proposal for proposal in suggestion.columns if proposal.column == column]
    return found


def field(column: str, cells: Sequence[str | None]) -> FieldRules:
    return proposed(suggested(**{column: cells}), column).field


# --- the file


def test_the_file_is_a_profile_as_it_stands() -> None:
    suggestion = suggested(balance=["1,000.50", "2"], opened=["2020-02-01", "2020-02-29"])
    assert parse_profile(suggestion.toml().encode(), where="mine.toml") == suggestion.profile


def test_each_field_stands_under_its_evidence() -> None:
    lines = suggested(balance=["1,000.50", "2"]).toml().splitlines()
    start = lines.index("# balance")
    assert lines[start + 1] == "# 2 of 2 cells are not blank, 2 distinct"
    assert lines[start + 2].startswith("# readable as number 1,234.56 100 %")
    assert lines[start + 3] == "# the name is like total_outstanding: 1.00 of 1"
    assert lines[start + 4 : start + 7] == [
        "[[fields]]",
        'name = "total_outstanding"',
        'kind = "amount"',
    ]


def test_the_proposal_reads_the_sample_as_it_says(tmp_path: Path) -> None:
    tape = tmp_path / "tape.csv"
    tape.write_text('Loan Id,Balance,Opened\n1,"1,000.50",31.01.2020\n2,7,01.02.2021\n')
    table = csv.read_csv(
        tape, convert_options=csv.ConvertOptions(column_types={"Loan Id": "string"})
    )
    texts = table.cast(pyarrow.schema([(name, pyarrow.string()) for name in table.column_names]))
    suggestion = suggest_profile(texts, name="mine", canonical_fields=CANONICAL, currency="EUR")
    read = ingest_source(open_source(tape, format=None), suggestion.profile)
    assert len(read.rejects) == 0
    assert read.records["total_outstanding"].to_pylist() == [1000.5, 7.0]
    assert [d.isoformat() for d in read.records["opened"].to_pylist()] == [
        "2020-01-31",
        "2021-02-01",
    ]


names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
"""Arrow ends a name at NUL."""
cells = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.sampled_from(["1,234", "1.234", "03/04/2021", "31.12.9999", "9999", "0", "Y", "N/A", "5%"]),
)


@settings(max_examples=60)
@given(
    st.integers(1, 6)
    .flatmap(
        lambda rows: st.dictionaries(
            names, st.lists(cells, min_size=rows, max_size=rows), min_size=2, max_size=5
        )
    )
    .filter(lambda tape: len({canonical_key(name) for name in tape}) == len(tape))
)
def test_whatever_a_tape_holds_the_file_is_a_profile(tape: dict[str, list[str | None]]) -> None:
    table = pyarrow.table(
        {name: pyarrow.array(column, pyarrow.string()) for name, column in tape.items()}
    )
    suggestion = suggest_profile(table, name="mine", canonical_fields=CANONICAL)
    assert parse_profile(suggestion.toml().encode(), where="x") == suggestion.profile
    assert {p.column for p in suggestion.columns} >= set(tape)


def test_names_and_cells_that_look_like_toml_stay_comments_and_texts() -> None:
    name = 'a"b\\c # d\n[[fields]]\x7f'
    suggestion = suggested(**{name: ['"x"\n[[fields]]', "]]"] * 20})
    assert proposed(suggestion, name).field.sources == [name]
    assert [f.name for f in suggestion.profile.fields].count("currency") == 1


# --- numbers


@pytest.mark.parametrize(
    ("cells", "kind", "marks"),
    [
        (["1", "20", "-3"], "integer", (None, None)),
        (["1.5", "20", "-3"], "number", (None, None)),
        (["5.00", "7.00"], "number", (None, None)),
        (["1,234.56", "7"], "number", (None, ",")),
        (["1,234,567", "7"], "integer", (None, ",")),
        (["1.234,56", "7"], "number", (",", ".")),
        (["1234,5", "7"], "number", (",", ".")),
    ],
)
def test_the_marks_of_numbers_are_found(
    cells: list[str], kind: str, marks: tuple[str | None, str | None]
) -> None:
    found = field("count", cells)
    assert (found.kind, (found.decimal_mark, found.thousands_mark)) == (kind, marks)


@pytest.mark.parametrize("cells", [["1,234", "5,678"], ["1.234", "5.678"]])
def test_a_mark_that_may_be_either_is_asked_and_carried_as_text(cells: list[str]) -> None:
    suggestion = suggested(amount_due=cells)
    found = proposed(suggestion, "amount_due")
    assert found.field.kind == "text"
    assert "can be read either way" in found.question
    assert len(found.alternatives) == 2
    assert any(line.startswith("amount_due: number") for line in suggestion.questions)
    assert suggestion.toml().count("# kind = ") == 2


def test_one_cell_that_settles_the_marks_is_enough() -> None:
    found = proposed(suggested(amount_due=["1,234", "5,678", "9.50"] * 2), "amount_due")
    assert found.question == ""
    assert found.field.thousands_mark == ","


def test_codes_of_digits_keep_their_leading_zeros() -> None:
    assert field("fips", ["04", "013", "9"] * 2).kind == "text"


def test_numbers_with_more_digits_than_a_float_holds_stay_text() -> None:
    assert field("account", ["12345678901234567890", "1"]).kind == "text"


def test_a_column_in_which_one_cell_of_a_hundred_is_no_number_is_of_numbers() -> None:
    found = proposed(suggested(count=[str(n) for n in range(99)] + ["?!"]), "count")
    assert found.field.kind == "integer"
    assert any("99.00 %" in line for line in found.evidence)
    assert any(line.startswith('refuses 1 cell, the first: "?!"') for line in found.evidence)


def test_a_column_in_which_one_cell_of_ten_is_no_number_is_of_text() -> None:
    assert field("count", [str(n) for n in range(9)] + ["?!"]).kind == "text"


# --- rates


def test_a_rate_above_one_is_in_percent() -> None:
    found = field("interest_rate", ["4.5", "0.5", "13"])
    assert (found.name, found.kind, found.unit) == ("interest_rate_pct", "rate", "percent")


def test_a_rate_below_one_may_be_a_fraction_and_is_asked() -> None:
    found = proposed(suggested(interest_rate=["0.045", "0.05"]), "interest_rate")
    assert (found.field.name, found.field.kind) == ("interest_rate", "number")
    assert "from 0.045 to 0.05" in found.question
    assert [f.unit for f in found.alternatives] == ["percent", "fraction"]


def test_a_percent_sign_settles_the_unit() -> None:
    found = field("interest_rate", ["0.5%", "0.75 %"])
    assert (found.kind, found.unit) == ("rate", "percent")


# --- dates


@pytest.mark.parametrize(
    ("cells", "format"),
    [
        (["2020-02-29", "2021-01-01"], "%Y-%m-%d"),
        (["2/28/1997", "12/1/2001"], "%m/%d/%Y"),
        (["28/2/1997", "1/12/2001"], "%d/%m/%Y"),
        (["28.02.1997", "01.12.2001"], "%d.%m.%Y"),
        (["24-Jun-91", "01-Dec-01"], "%d-%b-%y"),
        (["12-31-2020", "01-02-2021"], "%m-%d-%Y"),
    ],
)
def test_the_format_of_dates_is_found(cells: list[str], format: str) -> None:
    found = field("opened", cells)
    assert (found.kind, found.formats) == ("date", [format])


def test_a_day_and_a_month_that_may_be_swapped_are_asked_and_carried_as_text() -> None:
    found = proposed(suggested(maturity_date=["03/04/2021", "05/06/2022"]), "maturity_date")
    assert found.field.kind == "text"
    assert found.field.name != "maturity_date"
    assert {tuple(f.formats) for f in found.alternatives} == {("%m/%d/%Y",), ("%d/%m/%Y",)}
    assert {f.name for f in found.alternatives} == {"maturity_date"}
    assert "date %m/%d/%Y or date %d/%m/%Y" in found.question


def test_days_and_months_that_are_the_same_either_way_are_not_asked() -> None:
    assert field("opened", ["03/03/2021", "05/05/2022"]).kind == "date"


def test_dates_of_both_orders_are_of_none() -> None:
    found = proposed(suggested(opened=["01/31/2020", "31/01/2020", "03/04/2020"]), "opened")
    assert found.field.kind == "text"
    assert any("date %m/%d/%Y 66.67 %" in line for line in found.evidence)


def test_two_formats_in_one_column_are_both_taken() -> None:
    found = field("opened", ["12/15/2017", "21-Feb-18", "10/13/2017", "01-Mar-18"])
    assert set(found.formats) == {"%m/%d/%Y", "%d-%b-%y"}


def test_a_swapped_day_is_asked_in_a_column_of_two_formats_too() -> None:
    found = proposed(suggested(opened=["03/04/2017", "21-Feb-18"] * 3), "opened")
    assert {tuple(f.formats) for f in found.alternatives} == {
        ("%m/%d/%Y", "%d-%b-%y"),
        ("%d/%m/%Y", "%d-%b-%y"),
    }


def test_eight_digits_are_a_date_only_under_a_name_that_says_so() -> None:
    cells = ["20200131", "20211201"]
    assert field("closing_date", cells).formats == ["%Y%m%d"]
    assert field("branch", cells).kind == "integer"


def test_eight_digits_that_are_no_day_of_these_centuries_are_numbers() -> None:
    assert field("update_code", ["72240131", "45121201"]).kind == "integer"


def test_a_format_that_only_late_cells_have_is_found() -> None:
    early = [f"12/{day}/2{year}" for year in range(100, 130) for day in range(13, 29)]
    late = [f"{day}-Feb-18" for day in range(10, 29)]
    found = field("opened", early + late * 10)
    assert set(found.formats) == {"%m/%d/%Y", "%d-%b-%y"}


def test_day_numbers_are_asked_and_years_are_not() -> None:
    days = proposed(suggested(closing_date=["15074", "15130"]), "closing_date")
    assert days.field.kind == "integer"
    assert days.alternatives[0].formats == ["sas_days"]
    assert "from 2001-04-09 to 2001-06-04" in days.question
    assert proposed(suggested(closing_date=["2009", "2010"]), "closing_date").question == ""


# --- other kinds


@pytest.mark.parametrize(
    ("cells", "true_code"),
    [(["Y", "N"], "Y"), (["yes", "no"], "yes"), (["TRUE", "FALSE"], "TRUE"), (["t", "f"], "t")],
)
def test_words_for_yes_and_no_are_a_boolean(cells: list[str], true_code: str) -> None:
    found = field("flag", cells * 3)
    assert found.kind == "boolean"
    assert true_code in found.true_codes


def test_zeros_and_ones_are_numbers_that_may_be_a_boolean() -> None:
    found = proposed(suggested(flag=["0", "1"] * 3), "flag")
    assert found.field.kind == "integer"
    assert any("boolean 1/0 100 %" in line for line in found.evidence)


def test_a_column_of_currency_codes_is_the_currency() -> None:
    suggestion = suggested(currency=None, ccy=["EUR", "usd", "GBP"])
    assert proposed(suggestion, "ccy").field.name == "currency"
    assert not suggestion.questions


def test_a_tape_without_a_currency_refuses_every_record_until_one_is_named() -> None:
    suggestion = suggested(currency=None, balance=["1", "2"])
    assert any("names no currency" in question for question in suggestion.questions)
    tape = b'[{"id":"L0","balance":"1"}]'
    read = ingest_source(open_source(tape, format="json"), suggestion.profile)
    assert len(read.records) == 0
    known = suggested(currency="CHF", balance=["1", "2"])
    assert ingest_source(open_source(tape, format="json"), known.profile).currencies == {"CHF": 1}


def test_few_distinct_texts_are_codes_and_many_are_text() -> None:
    codes = field("status", ["P I F", "CHGOFF"] * 10)
    assert codes.codes == {"P I F": "P I F", "CHGOFF": "CHGOFF"}
    assert field("status", [f"status {n}" for n in range(40)]).kind == "text"


def test_a_blank_column_is_carried_as_text() -> None:
    found = proposed(suggested(notes=["", None, " "]), "notes")
    assert (found.field.kind, found.evidence) == ("text", ["every cell is blank"])


# --- what means missing


def test_words_for_missing_among_numbers_are_sentinels_with_their_count() -> None:
    found = proposed(suggested(count=["1", "N/A", "2", "N/A", "3"]), "count")
    assert (found.field.kind, found.field.sentinels) == ("integer", ["N/A"])
    assert '"N/A" in 2 cells is taken as missing' in found.evidence


def test_a_word_that_may_be_a_name_is_no_sentinel_among_texts() -> None:
    assert field("country", ["NA", "DE", "FR", *(f"{n}x" for n in range(9))]).sentinels == []


def test_long_rows_of_nines_far_above_all_else_are_sentinels() -> None:
    assert field("income", ["100", "99999", "99999", "2500"]).sentinels == ["99999"]
    assert field("income", ["90000", "99999", "99999", "2500"]).sentinels == []


def test_short_rows_of_nines_and_zeros_are_told_and_stay_values() -> None:
    found = proposed(suggested(age=["42", "99", "99", "0", "35"]), "age")
    assert found.field.sentinels == []
    assert [line[:4] for line in found.evidence if "mean missing" in line] == ['"99"', '"0" ']


def test_the_last_day_there_is_means_missing() -> None:
    assert field("matures", ["12/31/9999", "01/31/2030"]).sentinels == ["12/31/9999"]
    assert field("matures", ["9999-12-31", "2030-01-31"]).sentinels == ["9999-12-31"]


# --- names


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("Outstanding Principal", "total_outstanding"),
        ("outstandingPrincipal", "total_outstanding"),
        ("principal_outstanding", "total_outstanding"),
        ("Outstanding Principal at the End of the Period", "total_outstanding"),
        ("outstanding_principl", "total_outstanding"),
        ("Rating Date", "rating_date"),
        ("Principle Dancer", "principle_dancer"),
    ],
)
def test_a_like_name_is_proposed_for_a_canonical_field(column: str, name: str) -> None:
    assert field(column, ["100", "250.5"]).name == name


def test_the_states_of_one_country_are_no_regions_of_the_world() -> None:
    assert field("property_state", ["CA", "DE"]).name == "property_state"  # Canada, Germany


def test_a_name_that_is_like_but_whose_cells_are_not_keeps_its_own() -> None:
    assert field("balance", ["high", "low", "none of it"]).name == "balance"


def test_of_two_like_names_the_more_alike_counts() -> None:
    suggestion = suggested(outstanding_principal_eur=["1", "2"], outstanding=["3", "4"])
    assert proposed(suggestion, "outstanding").field.name == "total_outstanding"
    left = proposed(suggestion, "outstanding_principal_eur")
    assert left.field.name == "outstanding_principal_eur"


def test_columns_that_would_have_one_field_name_get_two() -> None:
    tape = {"Branch No": ["a", "b"], "BranchNo": ["c", "d"], "record": ["1", "2"]}
    found = [field.name for field in suggested(**tape).profile.fields]
    assert {"branch_no", "branch_no_2", "record_2"} <= set(found)
    assert len(set(found)) == len(found)


def test_two_columns_of_one_canonical_name_are_refused() -> None:
    with pytest.raises(SourceUnreadable, match="the same column"):
        suggested(**{"Branch No": ["a", "b"], "branch_no": ["c", "d"]})


def test_a_canonical_field_is_proposed_for_one_column_only() -> None:
    suggestion = suggested(balance=["1", "2"], principal=["3", "4"])
    assert [f.name for f in suggestion.profile.fields].count("total_outstanding") == 1


def test_a_dot_in_a_column_does_not_lead_into_a_record(tmp_path: Path) -> None:
    suggestion = suggested(**{"loan.status": ["open now", "shut"]})
    tape = tmp_path / "tape.csv"
    tape.write_text("id,loan.status\nL1,shut\n")
    read = ingest_source(open_source(tape, format=None), suggestion.profile)
    assert read.records["loan_status"].to_pylist() == ["shut"]


def test_without_a_like_name_the_column_of_most_distinct_cells_is_the_key_and_is_asked() -> None:
    table = pyarrow.table({"branch": ["a", "a", "b"], "contract": ["x", "y", "z"]})
    suggestion = suggest_profile(table, name="mine", canonical_fields=[], currency="EUR")
    key = proposed(suggestion, "contract")
    assert key.field.name == "source_record_id"
    assert key.question.startswith("is it the key?")


def test_a_key_that_repeats_is_asked_with_what_it_refuses() -> None:
    table = pyarrow.table({"loan_id": ["a", "a", "b"], "contract": ["x", "y", "z"]})
    suggestion = suggest_profile(table, name="mine", canonical_fields=CANONICAL, currency="EUR")
    key = proposed(suggestion, "loan_id")
    assert "repeats a key" in key.question
    assert any(line.startswith("refuses 1 record") for line in key.evidence)


# --- the sample


class Run(NamedTuple):
    """As a reader gives it."""

    columns: pyarrow.RecordBatch
    first_row: int
    ragged: list[tuple[int, str]]


def test_runs_of_rows_may_have_different_columns() -> None:
    runs = [
        Run(pyarrow.record_batch({"id": ["1"], "a": ["x"]}), 1, []),
        Run(pyarrow.record_batch({"id": ["2"], "b": ["5"]}), 2, []),
    ]
    suggestion = suggest_profile(runs, name="mine", canonical_fields=CANONICAL, currency="EUR")
    assert suggestion.sampled_rows == 2
    assert [proposed(suggestion, name).field.kind for name in "ab"] == ["text", "integer"]


def test_no_more_rows_are_taken_than_the_sample_holds() -> None:
    def runs() -> Any:
        for first in range(0, 3 * SAMPLE_ROWS, 7000):
            assert first < SAMPLE_ROWS, "read on after the sample"
            ids = [str(first + n) for n in range(7000)]
            yield Run(pyarrow.record_batch({"id": ids}), first + 1, [])

    suggestion = suggest_profile(runs(), name="mine", canonical_fields=CANONICAL)
    assert suggestion.sampled_rows == SAMPLE_ROWS


def test_a_tape_without_rows_is_refused() -> None:
    for rows in (pyarrow.table({"id": pyarrow.array([], pyarrow.string())}), []):
        with pytest.raises(InvalidInput) as caught:
            suggest_profile(rows, name="mine", canonical_fields=CANONICAL)
        assert caught.value.code == "records_required"


def test_more_columns_than_a_profile_holds_are_refused() -> None:
    table = pyarrow.table({f"c{n}": ["1"] for n in range(501)})
    with pytest.raises(LimitExceeded):
        suggest_profile(table, name="mine", canonical_fields=CANONICAL)


def test_a_name_that_is_none_for_a_profile_is_refused() -> None:
    with pytest.raises(InvalidProfile):
        suggest_profile(pyarrow.table({"id": ["1"]}), name="My Tape!", canonical_fields=CANONICAL)


# --- real tapes


def real(name: str, currency: str = "USD") -> Suggestion:
    path = DATA / name
    if not path.is_file():
        message = f"no real tape: {path} is not there"
        if os.environ.get("SEAWALL_NO_SKIPS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(BytesIO(data)) as archive:
            (member,) = [m for m in archive.namelist() if "/" not in m]
            data = archive.read(member)
    header = csv.open_csv(BytesIO(data)).schema.names
    types = csv.ConvertOptions(
        column_types=dict.fromkeys(header, pyarrow.string()), strings_can_be_null=False
    )
    table = csv.read_csv(BytesIO(data), convert_options=types)
    return suggest_profile(table, name="mine", canonical_fields=CANONICAL, currency=currency)


def fields_of(suggestion: Suggestion) -> dict[str, FieldRules]:
    return {proposal.column: proposal.field for proposal in suggestion.columns}


def test_the_sba_tape_s_two_date_formats_and_codes_are_found() -> None:
    suggestion = real("sba_7a_504_subset.csv")
    fields = fields_of(suggestion)
    assert fields["ApprovalDate"].formats == ["%m/%d/%Y"]
    assert fields["ChgOffDate"].formats == ["%d-%b-%y"]
    assert set(fields["MIS_Status"].codes) == {"P I F", "CHGOFF"}
    assert fields["LowDoc"].kind == "boolean"
    assert set(fields["RevLineCr"].codes) >= {"Y", "N", "0", "T"}
    assert fields["LoanNr_ChkDgt"].name == "source_record_id"
    assert "refuses 1 cell" in "".join(proposed(suggestion, "LowDoc").evidence)
    assert any('"0" in' in line for line in proposed(suggestion, "NAICS").evidence)


def test_the_case_tape_s_day_numbers_are_asked() -> None:
    suggestion = real("sba_case_california.csv")
    for column in ("ApprovalDate", "ChgOffDate", "DisbursementDate"):
        assert proposed(suggestion, column).alternatives[0].formats == ["sas_days"]
    assert "1997-08-26 to 2014-08-01" in proposed(suggestion, "ChgOffDate").question


def test_the_failed_banks_two_ways_to_write_a_date_are_found() -> None:
    suggestion = real("fdic_failed_banks.csv")
    fields = fields_of(suggestion)
    assert fields["Closing Date"].formats == ["%m/%d/%Y"]
    assert fields["Updated Date"].formats == ["%d-%b-%y"]
    assert fields["CERT"].name == "source_record_id"


def test_the_home_loan_banks_sentinels_and_leading_zeros_are_found() -> None:
    suggestion = real("fhfa_ama_pudb_2010.csv.zip")
    fields = fields_of(suggestion)
    assert fields["Rent1"].sentinels == ["9999999999"]
    assert fields["MSA"].sentinels == ["99999"]
    assert fields["PrepayP"].sentinels == ["12/31/9999"]
    assert fields["FIPSStateCode"].kind == fields["Tract"].kind == "text"
    assert fields["PropType"].kind == "code"
    assert fields["MortDate"].kind == "integer"
    assert fields["Loan Number"].name == "source_record_id"
    assert any('"99" in' in line for line in proposed(suggestion, "BoAge").evidence)


@pytest.mark.parametrize(
    "name", ["sba_7a_504_subset.csv", "sba_case_california.csv", "fdic_failed_banks.csv"]
)
def test_the_whole_real_tape_is_kept_under_its_proposal(name: str) -> None:
    profile: TapeProfile = real(name).profile
    read = ingest_source(open_source(DATA / name, format=None), profile)
    assert len(read.records) == read.record_count
    cells = read.record_count * len(profile.fields)
    assert len(read.rejects) < cells / 10_000
