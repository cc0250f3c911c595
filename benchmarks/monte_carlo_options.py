"""The arguments of ``bench_stress_modeling.py --monte-carlo``, and what they ask for."""

import argparse
from collections.abc import Callable

from cluster_figures import run_workers
from modeling_table import run_sizes
from monte_carlo import RIVALS, run_monte_carlo
from monte_carlo_growth import run_growth
from tail_accuracy import LOSSES, run_tail_accuracy
from tail_accuracy import RIVALS as TAIL_RIVALS

SCENARIOS = 16_384
TAIL_SCENARIOS = 131_072
CLUSTER_SCENARIOS = 1 << 20


def add_monte_carlo_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--monte-carlo", action="store_true", help="simulate defaults instead")
    add("--obligors", type=int, help="of --monte-carlo, as all below; 20000 if not given")
    add("--factors", type=int, default=4, choices=range(1, 65), metavar="1..64")
    add("--rivals", default="", help=f"by commas, of {', '.join(RIVALS)}")
    add(
        "--isa",
        default=None,
        choices=["avx512", "avx2", "baseline"],
        help="the fastest if not given",
    )
    add("--largest-work", type=float, default=1e10, help="obligor-scenarios of the last row")
    add(
        "--tail-accuracy",
        action="store_true",
        help="seconds to 1 %% standard error of ES99.9 instead",
    )
    add("--losses", default=",".join(LOSSES), help="of --tail-accuracy, by commas")
    add("--growth", default="", metavar="FOLDER", help="how time grows instead, with a picture")
    add("--workers", default="", help="measure local clusters of so many processes instead")


def check_monte_carlo_arguments(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> None:
    """Read the lists, and fill in what was not given."""
    modes = [name for name in ("tail_accuracy", "growth", "workers") if getattr(options, name)]
    if (modes or options.rivals) and not options.monte_carlo:
        parser.error(f"--{(modes or ['rivals'])[0].replace('_', '-')} needs --monte-carlo")
    if len(modes) + bool(options.sizes) > 1:
        parser.error("one of --tail-accuracy, --growth, --workers and --sizes at a time")
    options.rivals = [name for name in options.rivals.split(",") if name]
    rivals = TAIL_RIVALS if options.tail_accuracy else tuple(RIVALS)
    if not set(options.rivals) <= set(rivals):
        parser.error(f"--rivals must be of {', '.join(rivals)}")
    options.losses = [name for name in options.losses.split(",") if name]
    if not set(options.losses) <= set(LOSSES):
        parser.error(f"--losses must be of {', '.join(LOSSES)}")
    options.workers = numbers(parser, "--workers", options.workers)
    options.sizes = numbers(parser, "--sizes", options.sizes)
    if options.obligors is None:
        options.obligors = 2_000 if options.tail_accuracy else 20_000
    if options.scenarios is None and options.monte_carlo:
        options.scenarios = SCENARIOS
        if options.tail_accuracy:
            options.scenarios = TAIL_SCENARIOS
        elif options.workers:
            options.scenarios = CLUSTER_SCENARIOS


def numbers(parser: argparse.ArgumentParser, name: str, text: str) -> list[int]:
    try:
        found = [int(word) for word in text.split(",") if word]
    except ValueError:
        found = [0]
    if any(number < 1 for number in found):
        parser.error(f"{name} must be numbers from 1 on, by commas")
    return found


def monte_carlo_run(options: argparse.Namespace) -> Callable[[argparse.Namespace], int]:
    """Return what the arguments ask for."""
    if options.tail_accuracy:
        return run_tail_accuracy
    if options.growth:
        return run_growth
    if options.workers:
        return run_workers
    return run_sizes if options.sizes else run_monte_carlo
