"""Our client and other tools measure one server alike, where neither is short of a processor."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from seawall.lab.load import run_load
from seawall.lab.load_profile import LoadProfile, LoadRequest, LoadStage, ThinkTime
from seawall.lab.load_samples import figures_of
from seawall.lab.slo import Figures

from .load_tools import TOOLS, run_tool
from .stand_in_server import StandInServer

SERVER_S = 0.02
MOST_COUNT_DIFFERENCE = 0.1
MOST_DIFFERENCE_MS = {"p50": 5.0, "p95": 10.0}
ROUNDS = 3

# Four users, a round of 120 ms: 33 requests a second, some hundredths of what any of them can do.
PROFILE = LoadProfile(
    name="agreement",
    stages=(LoadStage(duration_s=5, users=4),),
    requests=(LoadRequest(path="/a", weight=3), LoadRequest(path="/b", name="b")),
    think=ThinkTime(0.1, 0.1),
)


@pytest.fixture
def server() -> Iterator[StandInServer]:
    with StandInServer(delay_s=SERVER_S) as made:
        yield made


def own_figures(profile: LoadProfile, server: StandInServer) -> Figures:
    """Return our client's figures by the names that the other tools' have."""
    result = run_load(profile, base_url=server.base_url)
    found = {"": figures_of(result.counted)} | result.figures_by_request()
    return {
        subject: {
            "requests": float(one.requests),
            "error_rate": one.error_rate,
            "rps": one.throughput_rps,
            "p50": one.p50_ms or 0.0,
            "p95": one.p95_ms or 0.0,
            "max": one.max_ms or 0.0,
        }
        for subject, one in found.items()
    }


@pytest.mark.parametrize("tool", TOOLS)
def test_a_limit_of_requests_gives_every_client_the_same_count(
    tool: str, server: StandInServer, tmp_path: Path
) -> None:
    limited = msgspec.structs.replace(PROFILE, max_requests=40)
    own = own_figures(limited, server)
    assert len(server.requests) == own[""]["requests"] == 40
    server.requests.clear()
    other = run_tool(tool, limited, server.base_url, tmp_path)
    assert len(server.requests) == other[""]["requests"] == 40
    assert own[""]["error_rate"] == other[""]["error_rate"] == 0
    # Nobody can be quicker than the server.
    assert min(own[""]["p50"], other[""]["p50"]) >= SERVER_S * 1e3


@pytest.mark.performance
@pytest.mark.parametrize("tool", TOOLS)
def test_counts_and_latencies_agree_within_the_stated_bounds(
    tool: str, server: StandInServer, tmp_path: Path
) -> None:
    own, other = [], []
    for _ in range(ROUNDS):
        own.append(own_figures(PROFILE, server)[""])
        other.append(run_tool(tool, PROFILE, server.base_url, tmp_path)[""])
        for name, figures in (("own", own[-1]), (tool, other[-1])):
            shown = {figure: round(figures[figure], 2) for figure in own[-1]}
            print(f"\n{name:8} {shown}", end="")  # noqa: T201
    count = sum(one["requests"] for one in own)
    assert abs(sum(one["requests"] for one in other) - count) <= MOST_COUNT_DIFFERENCE * count
    for figure, most_ms in MOST_DIFFERENCE_MS.items():
        # Other work on the machine only ever adds: the least of the rounds is the clients' own.
        least = [min(one[figure] for one in rounds) for rounds in (own, other)]
        assert least[0] >= SERVER_S * 1e3
        assert abs(least[0] - least[1]) <= most_ms, (figure, least)
