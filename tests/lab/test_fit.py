import pytest

from seawall.errors import InvalidInput
from seawall.lab.fit import fit_line


def test_points_on_a_line_give_the_line() -> None:
    sizes = [10, 100, 1_000, 1_000_000]
    fit = fit_line(sizes, times=[7.0 + 0.25 * size for size in sizes])
    assert fit.a == pytest.approx(7.0)
    assert fit.b == pytest.approx(0.25)
    assert fit.b_by_size == pytest.approx([0.25] * 4)
    assert fit.flatness == pytest.approx(0.0, abs=1e-9)


def test_the_fit_minimises_the_relative_errors() -> None:
    # Two sizes measured twice: the line passes through the relative optimum t of each, where
    # (t/t1 - 1)/t1 + (t/t2 - 1)/t2 = 0, so t = (1/t1 + 1/t2) / (1/t1^2 + 1/t2^2).
    fit = fit_line([1, 1, 1000, 1000], times=[1.0, 2.0, 900.0, 1100.0])

    def optimum(one: float, other: float) -> float:
        return (1 / one + 1 / other) / (1 / one**2 + 1 / other**2)

    assert fit.a + fit.b == pytest.approx(optimum(1.0, 2.0))
    assert fit.a + 1000 * fit.b == pytest.approx(optimum(900.0, 1100.0))


def test_growth_that_is_not_linear_is_not_flat() -> None:
    sizes = [1_000, 10_000, 100_000]
    fit = fit_line(sizes, times=[1e-6 * size**2 for size in sizes])
    assert fit.flatness > 0.5


@pytest.mark.parametrize(
    ("sizes", "times"),
    [
        ([1, 2], [1.0]),
        ([1], [1.0]),
        ([5, 5], [1.0, 2.0]),
        ([0, 1], [1.0, 2.0]),
        ([1, 2], [1.0, float("nan")]),
        ([1, 2], [0.0, 1.0]),
        ([], []),
    ],
)
def test_points_that_make_no_line_are_refused(sizes: list[float], times: list[float]) -> None:
    with pytest.raises(InvalidInput):
        fit_line(sizes, times=times)
