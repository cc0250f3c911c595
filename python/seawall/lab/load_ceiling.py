"""How much the client itself can do: the same load against a server that does nothing."""

import msgspec

from seawall import native
from seawall.lab.load import run_load
from seawall.lab.load_profile import AnswerCheck, LoadProfile, LoadRequest, LoadStage
from seawall.lab.load_samples import figures_of


class LoadCeiling(msgspec.Struct, frozen=True):
    """What the client reaches where the server costs next to nothing."""

    connections: int
    threads: int
    throughput_rps: float
    p99_ms: float | None
    client_cpu_us_per_request: float  # of every measured load, this much is the client's own


def measure_ceiling(
    *,
    connections: int,
    threads: int = 1,
    body: str = "",
    answer_bytes: int = 2_000,
    duration_s: float = 1.0,
) -> LoadCeiling:
    """Load a server of the core's own, in this process, that answers at once.

    Parameters
    ----------
    connections : int
        Users of a closed loop without think time.
    threads : int
        Of the client; the server has one more.
    body : str
        Of each request.
    answer_bytes : int
        Of each answer's body.
    duration_s : float
        Of the load.
    """
    profile = LoadProfile(
        name="ceiling",
        stages=(LoadStage(duration_s=duration_s, users=connections),),
        requests=(
            LoadRequest(
                path="/",
                method="POST" if body else "GET",
                body=body,
                check=AnswerCheck(statuses=(200,)),
            ),
        ),
        warmup_requests=connections,  # while they connect
    )
    server = native.EchoServer(body_bytes=answer_bytes)
    try:
        result = run_load(profile, base_url=f"http://127.0.0.1:{server.port}", threads=threads)
    finally:
        server.close()
    figures = figures_of(result.counted)
    return LoadCeiling(
        connections=connections,
        threads=threads,
        throughput_rps=figures.throughput_rps,
        p99_ms=figures.p99_ms,
        client_cpu_us_per_request=result.client_cpu_us_per_request,
    )
