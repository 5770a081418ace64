"""Plain statistics of the figures: intervals, percentiles, Pareto, waterfall."""

from math import floor, sqrt

Z95 = 1.959964
# 97.5 % points of Student's t for 1 to 30 degrees of freedom: NIST/SEMATECH e-Handbook, 1.3.6.7.2
STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


def wilson(successes, count, z=Z95):
    """Return the interval (low, high), 0..1, that holds a share with 95 % confidence; None without data.

    Score method without continuity correction: E. B. Wilson, Probable Inference, the Law of Succession, and
    Statistical Inference, JASA 22, 1927; examples in R. G. Newcombe, Two-sided confidence intervals for the
    single proportion, Statistics in Medicine 17, 1998, p. 857-872, table I, method 3.
    """
    if not count:
        return None
    share = successes / count
    middle = share + z * z / (2 * count)
    width = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return max((middle - width) / scale, 0.0), min((middle + width) / scale, 1.0)


def student(freedom):
    """Return the 97.5 % point of Student's t.

    Above the table the expansion of M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions,
    26.7.5, to its second term.

    :param freedom: degrees of freedom, 1 at least
    """
    if freedom <= len(STUDENT):
        return STUDENT[freedom - 1]
    first = (Z95**3 + Z95) / 4
    second = (5 * Z95**5 + 16 * Z95**3 + 3 * Z95) / 96
    return Z95 + first / freedom + second / freedom**2


def mean_interval(counts):
    """Return (mean, low, high) of values given with how often each occurs; None without data.

    :param counts: {value: number}
    """
    return interval_of_sums(
        sum(counts.values()),
        sum(value * number for value, number in counts.items()),
        sum(value * value * number for value, number in counts.items()),
    )


def interval_of_sums(count, total, squares):
    """Return (mean, low, high) of so many values from their sum and the sum of their squares.

    The interval of Student with 95 % confidence: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2.
    One value alone has no interval: low and high None. None without data.
    """
    if not count:
        return None
    mean = total / count
    if count < 2:
        return mean, None, None
    # rounding can leave a little less than nothing
    variance = max(squares - total * mean, 0.0) / (count - 1)
    width = student(int(count) - 1) * sqrt(variance / count)
    return mean, mean - width, mean + width


def poisson_interval(count, z=Z95):
    """Return the interval (low, high) that holds the mean of so many rare events with 95 % confidence.

    Byar's approximation: N. E. Breslow and N. E. Day, Statistical Methods in Cancer Research, volume II,
    IARC 1987, p. 69, of the exact limits of F. Garwood, Fiducial Limits for the Poisson Distribution,
    Biometrika 28, 1936, p. 437-442.
    """
    above = count + 1
    low = count * (1 - 1 / (9 * count) - z / (3 * sqrt(count))) ** 3 if count else 0.0
    return max(low, 0.0), above * (1 - 1 / (9 * above) + z / (3 * sqrt(above))) ** 3


def percentile(values, share):
    """Return the percentile of some values, or None without any.

    Rank share x (n + 1), interpolated, as in the NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.6.2.

    :param share: 0..1, such as 0.9
    """
    ordered = sorted(values)
    if not ordered:
        return None
    rank = share * (len(ordered) + 1)
    whole = floor(rank)
    if whole < 1:
        return ordered[0]
    if whole >= len(ordered):
        return ordered[-1]
    return ordered[whole - 1] + (rank - whole) * (ordered[whole] - ordered[whole - 1])


def pareto(numbers):
    """Return the parts of a whole, largest first, with their shares and the shares reached with them.

    As in the Pareto analysis of J. M. Juran, Quality Control Handbook, 4th edition, 1988, section 22.

    :param numbers: {key: number}
    :return: [{'key', 'value', 'share', 'cumulated'}], shares in percent
    """
    whole = sum(numbers.values())
    rows, reached = [], 0.0
    for key, number in sorted(numbers.items(), key=lambda item: (-item[1], str(item[0]))):
        if number <= 0:
            continue
        reached += number
        rows.append(
            {"key": key, "value": number, "share": number / whole * 100, "cumulated": reached / whole * 100}
        )
    return rows


def waterfall(whole, losses):
    """Return the steps from a whole to what is left of it.

    :param whole: where it starts
    :param losses: pairs (key, number lost), in the order in which they are taken off
    :return: [{'key', 'value', 'before', 'after'}], the last step is the rest under the key 'rest'
    """
    steps, left = [], whole
    for key, lost in losses:
        steps.append({"key": key, "value": lost, "before": left, "after": left - lost})
        left -= lost
    return [*steps, {"key": "rest", "value": left, "before": left, "after": left}]
