"""Which deliveries an invoice is about, without a database."""


def deliveries_in(start, quantity, deliveries):
    """Return the deliveries that a billed quantity covers, the first delivered being the first billed.

    :param float start: quantity of the line billed before this invoice
    :param float quantity: quantity billed by this invoice
    :param deliveries: (delivery, quantity) pairs in the order of their dates
    """
    covered, reached = [], 0.0
    for delivery, delivered in deliveries:
        before, reached = reached, reached + delivered
        if before < start + quantity and reached > start:
            covered.append(delivery)
    return covered
