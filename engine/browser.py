"""Chromium for the browser tests, wkhtmltopdf for the PDF files, LibreOffice for those who ask: Debian's.

They are installed when we are root.
"""

import shutil
import threading

from . import apt, locks, ui

CHROMIUM = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def chromium():
    """The browser that Odoo's tests would start."""
    return next((path for path in map(shutil.which, CHROMIUM) if path), None)


def wkhtmltopdf():
    return shutil.which("wkhtmltopdf")


def soffice():
    return shutil.which("soffice")


NEEDS = {
    "chromium": (chromium, "browser tests are skipped"),
    "libreoffice-calc-nogui": (soffice, "the test that opens the workbook in LibreOffice is skipped"),
    "wkhtmltopdf": (wkhtmltopdf, "letters and reports come as HTML pages instead of PDF files"),
}


class Programs(threading.Thread):
    """Installs what is missing while other steps go on; ``join`` it before the programs are needed."""

    def __init__(self, *names):
        super().__init__(daemon=True)
        self.missing = [name for name in names if not NEEDS[name][0]()]
        self.trouble = ""

    def run(self):
        if not self.missing or not apt.can_install():
            return
        with locks.exclusive("machine-packages", "another ./adv that installs Debian packages"):
            self.missing = [name for name in self.missing if not NEEDS[name][0]()]
            if self.missing:
                with ui.step(f"Debian packages: {', '.join(self.missing)}") as step:
                    self.trouble = apt.install(self.missing, step)
                    if self.trouble:
                        step.result = f"not installed ({self.trouble})"

    def report(self):
        """Wait for the end, and say what is missing and what that means."""
        self.join()
        for name in self.missing:
            find, consequence = NEEDS[name]
            if not find():
                why = f" ({self.trouble})" if self.trouble else ""
                ui.notice(f"{name} is missing{why}: {consequence}. As root: apt-get install {name}")
