"""pytest plug-in: where browser tests are required, one that is skipped for want of a browser fails."""

import os
import re

import pytest

pytest_plugins = ["engine.pytest_kept_browser"]
WANT = re.compile(r"chrome|chromium|websocket", re.IGNORECASE)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("ADV_REQUIRE_BROWSER") and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if WANT.search(reason):
            report.outcome = "failed"
            report.longrepr = f"browser tests are required and this one could not run: {reason}"
