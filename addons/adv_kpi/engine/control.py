"""Control charts for rates: which points have a special cause, and which are noise.

Limits follow D. C. Montgomery, Introduction to Statistical Quality Control, 6th edition, chapter 7 (p and u
charts with three-sigma limits for samples of different sizes); the correction for more, or less, spread
than chance explains is that of D. B. Laney, Improved Control Charts for Attributes, Quality Engineering
14(4), 2002, p. 531-537. Runs: nine points in a row on one side of the centre (L. S. Nelson, The Shewhart
Control Chart - Tests for Special Causes, Journal of Quality Technology 16(4), 1984, p. 237-239).
"""

from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

SIGMAS = 3.0
RUN = 9
# mean of the moving range of two standard normal values (d2 for samples of 2)
D2 = 1.128


@dataclass(frozen=True)
class Point:
    """One sample: its rate, the limits for its size, and why it is special (None: noise).

    :ivar signal: 'above', 'below' (beyond a limit), 'run_above', 'run_below' or None
    """

    rate: float
    lower: float
    upper: float
    signal: str | None


@dataclass(frozen=True)
class Chart:
    """A control chart.

    :ivar centre: the mean rate, or None when nothing was sampled
    :ivar points: one `Point` per sample, None for an empty sample
    :ivar spread: the factor of Laney on the width of the limits; 1.0 without correction
    """

    centre: float | None
    points: tuple
    spread: float = 1.0


def p_chart(samples, corrected=False):
    """Return the chart of a share.

    :param samples: pairs (number found, size of the sample); sizes may differ
    :param corrected: apply Laney's correction (p' chart)
    """
    return _chart(samples, lambda mean, size: sqrt(max(mean * (1 - mean), 0.0) / size), corrected, 1.0)


def u_chart(samples, corrected=False):
    """Return the chart of a mean number by unit, such as errors by line.

    :param samples: pairs (number found, units in the sample); sizes may differ
    :param corrected: apply Laney's correction (u' chart)
    """
    return _chart(samples, lambda mean, size: sqrt(max(mean, 0.0) / size), corrected, None)


def _chart(samples, deviation, corrected, highest):
    samples = list(samples)
    units = sum(size for _count, size in samples)
    if not units:
        return Chart(None, (None,) * len(samples))
    mean = sum(count for count, _size in samples) / units
    spread = _laney(samples, mean, deviation) if corrected else 1.0
    rates = [count / size if size else None for count, size in samples]
    runs = _runs(rates, mean)
    points = []
    for (_count, size), rate, run in zip(samples, rates, runs, strict=True):
        if rate is None:
            points.append(None)
            continue
        width = SIGMAS * spread * deviation(mean, size)
        lower, upper = max(mean - width, 0.0), mean + width
        if highest is not None:
            upper = min(upper, highest)
        signal = "above" if rate > upper else "below" if rate < lower else run
        points.append(Point(rate, lower, upper, signal))
    return Chart(mean, tuple(points), spread)


def _laney(samples, mean, deviation):
    """Return the standard deviation of the standardised rates, from their mean moving range."""
    scores = [
        (count / size - mean) / deviation(mean, size)
        for count, size in samples
        if size and deviation(mean, size)
    ]
    if len(scores) < 2:
        return 1.0
    ranges = [abs(after - before) for before, after in pairwise(scores)]
    return sum(ranges) / len(ranges) / D2


def _runs(rates, mean):
    """Return for each rate the run that it belongs to: 'run_above', 'run_below' or None."""
    signals = [None] * len(rates)
    current, side = [], 0
    for rank, rate in enumerate([*rates, mean]):
        if rate is None:
            continue
        now = (rate > mean) - (rate < mean)
        if now != side:
            if side and len(current) >= RUN:
                for member in current:
                    signals[member] = "run_above" if side > 0 else "run_below"
            current, side = [], now
        current.append(rank)
    return signals
