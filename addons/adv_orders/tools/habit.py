"""What is usual for a customer: median and median absolute deviation (MAD) of logarithms.

Logarithms make ten times too much as unusual as ten times too little, whatever the size. The factor 1.4826
makes the MAD of normally distributed values their standard deviation (Rousseeuw and Croux, 1993).
"""

from dataclasses import dataclass
from math import exp, log

MAD_TO_DEVIATION = 1.4826
# deviations from the usual beyond which a value is remarkable, for a customer who varies a lot
REMARKABLE = 5.0
# orders that make a habit
MINIMUM_HISTORY = 3


@dataclass(frozen=True)
class Habit:
    """Number of earlier lines, median and MAD of the logarithms of their values."""

    count: int
    middle: float
    spread: float

    @property
    def usual(self):
        return exp(self.middle)

    def is_unusual(self, value, ratio):
        """Return whether ``value`` is ``ratio`` times more or less than usual, and beyond the spread."""
        if value <= 0:
            return False
        distance = abs(log(value) - self.middle)
        return distance >= max(log(ratio), REMARKABLE * MAD_TO_DEVIATION * self.spread) - 1e-9
