"""The thin curves of graphs follow the laws that they are named after, or are not drawn."""

import pytest

from seawall.lab.report.curves import places, scalability_law, straight_line

from .made_runs import CONNECTIONS, throughput


def test_a_curve_of_the_law_goes_through_its_points_and_between_them() -> None:
    curve = scalability_law(CONNECTIONS, [throughput(n) for n in CONNECTIONS])
    assert curve is not None
    for n in (*CONNECTIONS, 30, 700):
        assert curve(n) == pytest.approx(throughput(n), rel=1e-9)


def test_points_that_follow_no_law_get_no_curve() -> None:
    assert scalability_law([1, 10, 50, 100], [100, 4, 900, 30]) is None
    assert scalability_law([1, 10], [100, 200]) is None
    assert straight_line([100, 100], [5, 6]) is None


def test_a_line_is_a_fixed_part_and_a_part_for_each() -> None:
    line = straight_line([100, 1_000, 10_000], [2.4, 6.0, 42.0])
    assert line is not None
    assert line(500) == pytest.approx(4.0, rel=1e-9)


def test_places_begin_and_end_where_was_measured() -> None:
    found = places(1, 1_000)
    assert (found[0], found[-1]) == (1, pytest.approx(1_000))
    assert found == sorted(found)
