# groups of ADV statuses that several pages count
BLOCKED = ("to_correct", "to_approve", "held")
IN_DELIVERY = ("confirmed", "in_delivery")
