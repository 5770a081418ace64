"""A record of WARNING or above logged during a test fails that test.

A test that expects such a record captures it with ``assertLogs`` (which keeps it from the root logger)
or ``odoo.tools.mute_logger``.
"""

import logging
import os

import pytest

# these need apps that the test database has not: tests/test_companions.py runs them where they are
collect_ignore = [] if os.environ.get("ADV_COMPANIONS") else ["tests/companions"]

if os.environ.get("ADV_BESIDE"):  # these make databases of their own, without the addons beside ours
    alone = ("approval_processes", "backfill", "billing_once", "companions", "dunning_once", "lifecycle")
    collect_ignore += ["engine/tests", *(f"tests/test_{name}.py" for name in (*alone, "translations"))]
else:
    collect_ignore.append("tests/beside")

# OCA's base_tier_validation asks for its exceptions each time a record is written, four statements an order:
# these tests would count them
COUNTING = (
    "TestApprovalStatements::test_asking_and_approving",
    "TestApprovalStatements::test_sending",
    "TestBillingRun::test_statements_do_not_grow_with_orders",
    "TestMassPromise::test_the_number_of_statements_does_not_depend_on_the_orders",
    "TestOrderDates::test_one_statement_more_for_ten_orders_than_for_one",
)


def pytest_collection_modifyitems(items):
    """Beside OCA's addons statements are not counted where theirs would be."""
    if not os.environ.get("ADV_BESIDE"):
        return
    for item in items:
        if item.nodeid.endswith(COUNTING):
            item.add_marker(pytest.mark.skip(reason="base_tier_validation asks four statements an order"))


class _Collector(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.records = []

    def emit(self, record):
        self.records.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_log_record():
    """Fail the test when an unexpected record of level WARNING or above was logged."""
    collector = _Collector()
    root = logging.getLogger()
    root.addHandler(collector)
    try:
        yield
    finally:
        root.removeHandler(collector)
    seen = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in collector.records]
    if seen:
        pytest.fail("unexpected log records:\n" + "\n".join(seen), pytrace=False)
