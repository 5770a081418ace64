"""Odoo's own test runner, with each test's outcome noted in a file. Runs inside Odoo's Python:

python -m engine.native_runner RESULTS ODOO_ARGUMENTS...

Tests that Odoo runs while it loads their addon (``at_install``) run here when everything is loaded, before
the others: at their usual moment the addons that build on theirs are not there yet, and the two runs that
./adv compares would execute the same code.
"""

import json
import sys
import time


def main(results, *arguments):
    from odoo.cli.command import main as odoo
    from odoo.tests import loader

    with open(results, "a", encoding="utf-8") as sink:
        loader.make_suite = late(loader.make_suite)
        loader.OdooTestResult = noting(loader.OdooTestResult, sink)
        sys.argv = ["odoo", "server", *arguments]
        try:
            odoo()
        except SystemExit:  # its own end; a run that was killed has none
            note(sink, end=True)
            raise


def late(make_suite):
    """Return a ``make_suite`` that gives the tests of both positions at the second one."""

    def both(module_names, position="at_install"):
        names = list(module_names) if position == "post_install" else []
        suite = make_suite(names, "at_install")
        suite.addTests(make_suite(names, "post_install"))
        return suite

    return both


def note(sink, **facts):
    sink.write(json.dumps(facts) + "\n")
    sink.flush()


def noting(result_class, sink):
    """Return a class of results that also writes a line for each test, and for what fails around tests."""

    class Noting(result_class):
        outcome = "ok"
        began = 0.0

        def startTest(self, test):
            self.outcome = "ok"
            self.began = time.monotonic()
            super().startTest(test)

        def stopTest(self, test):
            super().stopTest(test)
            note(sink, test=test.id(), outcome=self.outcome, seconds=round(time.monotonic() - self.began, 2))

        def addError(self, test, err):
            super().addError(test, err)
            self._went_wrong(test)

        def addFailure(self, test, err):
            super().addFailure(test, err)
            self._went_wrong(test)

        def addSkip(self, test, reason):
            super().addSkip(test, reason)
            self.outcome = "skipped"
            if not hasattr(test, "_testMethodName"):
                note(sink, test=test.id(), outcome="skipped", seconds=0)

        def _went_wrong(self, test):
            if self._soft_fail:  # Odoo tries again
                return
            self.outcome = "failed"
            if not hasattr(test, "_testMethodName") and not hasattr(test, "test_case"):
                note(sink, test=test.id(), outcome="failed", seconds=0)

    return Noting


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
