"""How a time grows with a size."""

from collections.abc import Sequence

import msgspec
import numpy as np

from seawall.errors import InvalidInput


class LineFit(msgspec.Struct, frozen=True):
    """The line t = a + b n, in the unit of the times."""

    a: float  # what any size costs
    b: float  # what each further one costs
    b_by_size: tuple[float, ...]  # (t - a) / n of each point
    flatness: float  # the largest deviation of b_by_size from b, as a fraction of b


def fit_line(sizes: Sequence[float], *, times: Sequence[float]) -> LineFit:
    """Fit t = a + b n by least squares of the relative errors.

    A time's error grows with the time; unweighted, the largest size would decide alone.

    Parameters
    ----------
    sizes : sequence of float, shape (point_count,)
        Above 0, two different ones at least.
    times : sequence of float, shape (point_count,)
        Above 0, in any unit.

    Returns
    -------
    LineFit
        A process is linear where `flatness` is small.

    Raises
    ------
    InvalidInput
        On other sizes or times.
    """
    n = np.asarray(sizes, dtype=np.float64)
    t = np.asarray(times, dtype=np.float64)
    if n.ndim != 1 or n.shape != t.shape:
        raise InvalidInput("must be as many as the sizes", where="times")
    for where, values in (("sizes", n), ("times", t)):
        if not bool(np.all(np.isfinite(values) & (values > 0))):
            raise InvalidInput("must be finite and above 0", where=where)
    if np.unique(n).size < 2:
        raise InvalidInput("a line needs two different sizes", where="sizes")
    (a, b), *_ = np.linalg.lstsq(np.column_stack([1 / t, n / t]), np.ones_like(t))
    b_by_size = (t - a) / n
    return LineFit(
        a=float(a),
        b=float(b),
        b_by_size=tuple(b_by_size.tolist()),
        flatness=float(np.max(np.abs(b_by_size / b - 1))) if b != 0 else float("inf"),
    )
