"""A load profile as a Locust file and as a k6 script."""

import importlib.resources
import json
from typing import Literal

import msgspec

from seawall.errors import InvalidInput
from seawall.lab.load_profile import LoadProfile

_FILES = {"locust": "locust_file.py.txt", "k6": "k6_script.js"}
_MARK = '"PROFILE"'
_K6_FIGURES = {
    "p50_ms": "p(50)",
    "p90_ms": "p(90)",
    "p95_ms": "p(95)",
    "p99_ms": "p(99)",
    "p999_ms": "p(99.9)",
    "max_ms": "max",
}


def export_profile(
    profile: LoadProfile, *, tool: Literal["locust", "k6"], first_sequence: int = 0
) -> str:
    """Write a profile for another load tool.

    Stages, weights, think times, checks, timeouts, the limit of requests and the sequence mark are
    carried over. Locust leaves the warm-up out of its statistics; k6 marks it ``phase:warmup``, and
    its thresholds, the profile's critical objectives, are of ``phase:main``.

    Parameters
    ----------
    profile : LoadProfile
        To write; for Locust a closed loop, since it has users only.
    tool : str
        ``locust`` or ``k6``.
    first_sequence : int
        As of `seawall.lab.load.run_load`.

    Returns
    -------
    str
        The file. The host is given to the tool: ``locust --host``, ``k6 run -e HOST=…``; so is a
        key for the service, in the environment: ``SEAWALL_API_KEY``.

    Raises
    ------
    InvalidInput
        If the tool cannot do what the profile says, or a dataset is not filled in.
    """
    if tool == "locust" and profile.is_open:
        raise InvalidInput(
            "Locust has users and no arrival rate: an open loop is for k6", where="stages"
        )
    profile.check_filled()
    exported = msgspec.to_builtins(profile) | {
        "stretches": profile.stretches(),
        "first_sequence": first_sequence,
        "is_open": profile.is_open,
        "requests": [
            msgspec.to_builtins(request) | {"label": request.label} for request in profile.requests
        ],
        "thresholds": _thresholds(profile),
    }
    text = json.dumps(exported, indent=2, allow_nan=False)
    if tool == "locust":
        text = repr(text)
    template = importlib.resources.files(__package__).joinpath(_FILES[tool])
    before, _, after = template.read_text(encoding="utf-8").partition(_MARK)
    return before + text + after


def _thresholds(profile: LoadProfile) -> dict[str, list[str]]:
    """Write the critical objectives as k6 does."""
    found: dict[str, list[str]] = {}
    for one in profile.objectives:
        if one.level != "critical":
            continue
        tags = "phase:main" + (f",name:{one.request}" if one.request else "")
        if one.figure in _K6_FIGURES:
            metric, figure = "http_req_duration", _K6_FIGURES[one.figure]
        elif one.figure == "error_rate":
            metric, figure = "wrong_answers", "rate"
        else:
            metric, figure = "http_reqs", "rate"
        limit = f"<{one.below:g}" if one.below is not None else f">{one.above:g}"
        found.setdefault(f"{metric}{{{tags}}}", []).append(figure + limit)
    return found
