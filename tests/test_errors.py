"""Each code of the native core, raised through the bindings; and what every failure tells."""

import re
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pytest

from seawall import errors, native
from seawall.table import Table

ERROR_HPP = Path(__file__).parents[1] / "cpp" / "errors" / "error.hpp"

PROFILE = (
    b'{"name":"p","source_system":"s","fields":['
    b'{"name":"source_record_id","kind":"text","from":["id"]},'
    b'{"name":"currency","kind":"currency","default":"EUR"},'
    b'{"name":"total_outstanding","kind":"amount","from":["total"]}]}'
)


def book(*currencies: str) -> native.DebtBook:
    rows = range(len(currencies))
    return native.DebtBook(
        Table(
            pyarrow.table(
                {
                    "record": pyarrow.array(rows, pyarrow.int64()),
                    "source_row": pyarrow.array(rows, pyarrow.int64()),
                    "source_system": pyarrow.array(["s"] * len(currencies), pyarrow.string()),
                    "source_record_id": pyarrow.array([str(r) for r in rows], pyarrow.string()),
                    "currency": pyarrow.array(currencies, pyarrow.string()),
                    "total_outstanding": pyarrow.array([1.0] * len(currencies)),
                }
            )
        ).native
    )


def ingest(data: bytes, control: native.RunControl | None = None) -> native.IngestedSource:
    reading = native.TapeIngest(PROFILE, table_rows=False, control=control)
    reading.add_json(data)
    return reading.finish()


def cancelled() -> native.RunControl:
    control = native.RunControl()
    control.cancel()
    return control


def shock(
    rate_delta: float = 0.0, *, name: str = "a"
) -> tuple[str, tuple[float, float, float, float]]:
    return (name, (rate_delta, 0.0, 0.0, 0.0))


# code → what raises it, the class it arrives as, the place it names
NATIVE: dict[str, tuple[Callable[[], object], type[errors.SeawallError], str]] = {
    "invalid_input": (
        lambda: native.run_debt_stress(book("EUR"), [shock(float("nan"))]),
        errors.InvalidInput,
        "scenarios[0].interest_rate_delta_pct",
    ),
    "invalid_profile": (lambda: native.check_profile(b"{}"), errors.InvalidProfile, "name"),
    "source_unreadable": (lambda: ingest(b"[{}"), errors.SourceUnreadable, "byte 3"),
    "limit_exceeded": (
        lambda: native.run_debt_stress(book("EUR"), [shock(name=str(i)) for i in range(10_001)]),
        errors.LimitExceeded,
        "scenarios",
    ),
    "currency_mixed": (lambda: book("EUR", "JPY"), errors.CurrencyMixed, "currency"),
    "cancelled": (lambda: ingest(b'[{"id":1}]', cancelled()), errors.Cancelled, ""),
}


@pytest.mark.parametrize("code", NATIVE)
def test_a_native_failure_arrives_with_its_class_code_and_place(code: str) -> None:
    raising, kind, where = NATIVE[code]
    with pytest.raises(errors.SeawallError) as caught:
        raising()
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert caught.value.where == where
    assert caught.value.message


def test_every_code_of_the_core_is_raised_here() -> None:
    text = ERROR_HPP.read_text()
    body = text[text.index("enum class ErrorCode {") : text.index("};")]
    assert set(re.findall(r"^ +(\w+),", body, re.MULTILINE)) == set(NATIVE)


def test_a_failure_names_its_place_before_its_message() -> None:
    error = errors.InvalidInput("must be finite", where="records[17].principal")
    assert str(error) == "records[17].principal: must be finite"


def test_a_failure_without_a_place_is_its_message() -> None:
    assert str(errors.NotFound("nothing here")) == "nothing here"


def test_a_failure_has_the_code_of_its_class_unless_told_otherwise() -> None:
    assert errors.Conflict("x").code == "conflict"
    assert errors.Conflict("x", code="immutable_run").code == "immutable_run"


def test_every_failure_has_a_code_of_its_own() -> None:
    classes = [
        found
        for found in vars(errors).values()
        if isinstance(found, type) and issubclass(found, errors.SeawallError)
    ]
    assert len({found.default_code for found in classes}) == len(classes)


def test_every_failure_on_purpose_has_one_base() -> None:
    assert issubclass(errors.Cancelled, errors.SeawallError)
    assert issubclass(errors.CurrencyMixed, errors.InvalidInput)
