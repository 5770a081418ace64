"""Plain statistics of the figures: intervals, percentiles, Pareto, waterfall."""

from math import floor, sqrt

Z95 = 1.959964


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


def mean_interval(counts, z=Z95):
    """Return (mean, low, high) of values given with how often each occurs; None without data.

    Normal approximation with the sample's deviation; one value alone has no interval: low and high None.

    :param counts: {value: number}
    """
    total = sum(counts.values())
    if not total:
        return None
    mean = sum(value * number for value, number in counts.items()) / total
    if total < 2:
        return mean, None, None
    squares = sum(number * (value - mean) ** 2 for value, number in counts.items())
    width = z * sqrt(squares / (total - 1) / total)
    return mean, mean - width, mean + width


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
