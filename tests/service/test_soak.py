"""A service that runs for long: its memory and its open descriptors stay what they are."""

import sys
from pathlib import Path

import pytest

from seawall.lab.disk import disk_folder
from seawall.lab.http_target import served
from service.soaking import Soaked, fill_caches, soak

pytestmark = pytest.mark.long

SMALL_CACHES = [
    *(sys.executable, str(Path(__file__).with_name("small_caches.py")), "serve", "--dev"),
    *("--port", "{port}", "--store", "{store}"),
]
MB = 1_000_000
READERS = 16  # descriptors of the store that threads open once they need it


def told(soaked: Soaked) -> str:
    trend, looks, rate = soaked.memory(), soaked.looks, soaked.requests_a_second()
    first, last = looks[0].rss_bytes / MB, looks[-1].rss_bytes / MB
    return (
        f"{len(soaked.result.samples):,} requests, {rate:,.0f}/s; memory {first:.1f} to"
        f" {last:.1f} MB, {trend.slope / rate:+.0f} bytes a request"
        f" ({trend.low / rate:+.0f} to {trend.high / rate:+.0f}); descriptors at rest"
        f" {soaked.descriptors[0]} to {soaked.descriptors[1]}; rounds {soaked.rounds}"
    )


def judge(soaked: Soaked, *, bytes_a_request: float, growth_bytes: float) -> None:
    sys.stdout.write(told(soaked) + "\n")
    errors = {
        label: figures.errors_by_kind
        for label, figures in soaked.result.figures_by_request().items()
        if figures.errors
    }
    assert not errors
    assert min(soaked.rounds.values()) > soaked.result.elapsed_ns / 1e9 / 4, told(soaked)
    # A leak is there when the whole interval is past the limit; the bound holds whatever it says.
    assert soaked.memory().low / soaked.requests_a_second() < bytes_a_request, told(soaked)
    assert soaked.growth_bytes() < growth_bytes, told(soaked)
    assert soaked.descriptors[1] <= soaked.descriptors[0] + READERS, told(soaked)


def test_memory_and_descriptors_stay_flat_for_a_minute() -> None:
    with disk_folder() as folder, served(store=folder / "s.db", command=SMALL_CACHES) as target:
        judge(
            soak(target, seconds=60, rate=150, round_s=0.25),
            bytes_a_request=500,
            growth_bytes=8 * MB,
        )


@pytest.mark.soak
def test_memory_and_descriptors_stay_flat_for_ten_minutes() -> None:
    with disk_folder() as folder, served(store=folder / "s.db", command=SMALL_CACHES) as target:
        soaked = soak(target, seconds=600, rate=150, round_s=1)
        judge(soaked, bytes_a_request=100, growth_bytes=16 * MB)


@pytest.mark.soak
def test_memory_and_descriptors_stay_flat_once_caches_are_full() -> None:
    """As the service is by default: what turns over in large caches takes minutes to settle."""
    with disk_folder() as folder, served(store=folder / "s.db") as target:
        fill_caches(target, seconds=180)
        soaked = soak(target, seconds=750, rate=150, round_s=1, settling_s=300)
        judge(soaked, bytes_a_request=100, growth_bytes=32 * MB)
