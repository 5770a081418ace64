"""pytest plug-in: the browser tests of a process share one Chromium and the bundles of the web client.

Odoo starts a Chromium for each test, with an empty cache, and makes the bundles of scripts and styles anew in
each test's transaction. Here the bundles are made once and committed, and each test gets a new page, without
cookies or anything stored, of a Chromium that keeps what it has compiled. A test that fails, and one that
wants another kind of browser, leaves the next one a new Chromium.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import odoo.tests.common as common
import psutil
import requests
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

STORED = "cookies,file_systems,indexeddb,local_storage,websql,service_workers,cache_storage"
OURS = ("--headless",)
NOT_OURS = ("--touch-events", "--auto-open-devtools-for-tabs")
# the program ends when this process does, whatever ends it: then nobody holds the pipe's other end
LAUNCH = """
exec 4<&0
{
    "$@" </dev/null >/dev/null 2>"$LOG" 4<&- &
    echo $!
    exec >/dev/null
    cat <&4
    kill $! 2>/dev/null
} &
"""
PAUSE = 0.02  # seconds between two looks at whether a page is ready


def turns(seconds):
    """Look again and again for so many seconds, counted by turns: a test may have stopped the clock."""
    for _turn in range(int(seconds / PAUSE)):
        yield
        time.sleep(PAUSE)


class Kept:
    """A Chromium that outlives the test. No child of ours: Odoo ends those after each class."""

    def __init__(self, command):
        self.folder = Path(tempfile.mkdtemp(suffix="_chrome_adv"))
        words = [word for word in command if not word.startswith("--user-data-dir=")]
        words.insert(1, f"--user-data-dir={self.folder}")
        self.launcher = subprocess.Popen(
            ["/bin/sh", "-c", LAUNCH, "sh", *words],
            env=dict(os.environ, LOG=str(self.folder / "err.log")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=common._preexec,
        )
        self.pid = int(self.launcher.stdout.readline())
        self.launcher.stdout.close()
        self.launcher.wait()
        self.process = psutil.Process(self.pid)
        self.port = self._port()

    def _port(self):
        file = self.folder / "DevToolsActivePort"
        for _turn in turns(common.BROWSER_WAIT):
            with contextlib.suppress(OSError, ValueError):  # not there yet, or half of it
                port, _page = file.read_text(encoding="utf-8").splitlines()
                return int(port)
            if self.poll() is not None:
                break
        self.end()
        return None

    def pages(self):
        """The ids of the open pages."""
        targets = requests.get(f"http://{common.HOST}:{self.port}/json/list", timeout=10).json()
        return {target["id"] for target in targets if target["type"] == "page"}

    def answers(self):
        """Whether it is there, with the one empty page that the last test left."""
        if self.poll() is not None:
            return False
        with contextlib.suppress(requests.RequestException):
            return len(self.pages()) == 1
        return False

    def renew(self):
        """Open an empty page and close all others; False when it does not answer as it should."""
        with contextlib.suppress(requests.RequestException):
            old = self.pages()
            address = f"http://{common.HOST}:{self.port}/json"
            requests.put(f"{address}/new?about:blank", timeout=10).raise_for_status()
            for page in old:
                requests.get(f"{address}/close/{page}", timeout=10)
            for _turn in turns(5):
                if not self.pages() & old:
                    return True
        return False

    # -- what Odoo asks of the process that it has started

    def poll(self):
        with contextlib.suppress(psutil.NoSuchProcess):
            if self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
                return None
        return 0

    def terminate(self):
        with contextlib.suppress(psutil.NoSuchProcess):
            self.process.send_signal(signal.SIGTERM)

    def kill(self):
        with contextlib.suppress(psutil.NoSuchProcess):
            self.process.kill()

    def wait(self, timeout):
        for _turn in turns(timeout):
            if self.poll() is not None:
                return
        raise subprocess.TimeoutExpired("chromium", timeout)

    def end(self):
        self.terminate()
        try:
            self.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
        self.clean()

    def last_words(self):
        """What tells a fault of the page from one of the browser or of the machine, as lines of text."""
        words = [f"load {os.getloadavg()}"]
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in [self.process, *self.process.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    kind = [word for word in process.cmdline() if word.startswith("--type=")]
                    words.append(f"{process.pid} {process.status()} {process.cpu_times().user} s {kind}")
        said = (self.folder / "err.log").read_text(encoding="utf-8", errors="replace")
        return [*words, *said.splitlines()[-30:]]

    def clean(self):
        """What is left when it has ended."""
        self.launcher.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class State:
    kept = None


def end():
    if State.kept:
        State.kept.end()
        State.kept = None


class Browser(common.ChromeBrowser):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.chrome is State.kept:
            self._websocket_request("Network.clearBrowserCookies")
            self._websocket_request(
                "Storage.clearDataForOrigin",
                params={"origin": self.test_case.base_url(), "storageTypes": STORED},
            )

    def _spawn_chrome(self, cmd):
        switches = {word.partition("=")[0] for word in cmd}
        if not switches.issuperset(OURS) or not switches.isdisjoint(NOT_OURS):
            return super()._spawn_chrome(cmd)
        if State.kept and not State.kept.answers():
            end()
        if not State.kept:
            kept = Kept(cmd)
            if not kept.port:
                return super()._spawn_chrome(cmd)
            State.kept = kept
        return State.kept, State.kept.port

    def _wait_ready(self, ready_code=None, timeout=60):
        """As Odoo does, which asks the page without a pause and leaves the server little of the processor."""
        ask = self._websocket_request

        def ask_slowly(*args, **kwargs):
            time.sleep(PAUSE)
            return ask(*args, **kwargs)

        with patch.object(self, "_websocket_request", ask_slowly):
            return super()._wait_ready(ready_code, timeout)

    def stop(self):
        done = self._result.done() and not self._result.cancelled() and not self._result.exception()
        if self.chrome is not State.kept or self.had_failure or not done:
            if self.chrome is State.kept:
                State.kept = None
                print("the browser:", *self.chrome.last_words(), sep="\n", file=sys.stderr)
                super().stop()
                self.chrome.clean()
            else:
                super().stop()
            return
        self.screencaster.stop()
        common.wait(self._responses.values(), 10)
        if not self.chrome.renew():
            end()
        self.ws.close()
        shutil.rmtree(self.user_data_dir, ignore_errors=True)
        if self.sigxcpu_handler:
            signal.signal(signal.SIGXCPU, self.sigxcpu_handler)


class Bundles:
    """The bundles that were asked for: made once, put into the database before the next class of tests."""

    contents = {}  # address with the version of all files in it: what was made of them
    left = {}  # address: what is not in the database yet
    bundles = None  # the class of Odoo's bundles

    @classmethod
    def watch(cls):
        from odoo.addons.base.models.assetsbundle import AssetsBundle

        cls.bundles = AssetsBundle
        make, save = {"min.js": AssetsBundle.js, "min.css": AssetsBundle.css}, AssetsBundle.save_attachment

        def making(extension):
            def made(self):
                content = None if self.is_debug_assets else cls.contents.get(address(self, extension))
                if content is None or self.get_attachments(extension):
                    return make[extension](self)
                return save(self, extension, content)

            return made

        def saving(self, extension, content):
            if extension in make and not self.css_errors:
                key = address(self, extension)
                cls.contents[key] = content
                cls.left[key] = (
                    self.name,
                    {
                        "css": extension == "min.css",
                        "js": extension == "min.js",
                        "rtl": self.rtl,
                        "autoprefix": self.autoprefix,
                        "assets_params": self.assets_params,
                    },
                )
            return save(self, extension, content)

        AssetsBundle.js, AssetsBundle.css = making("min.js"), making("min.css")
        AssetsBundle.save_attachment = saving

    @classmethod
    def keep(cls):
        """Put what was made in a test, and rolled back with it, into the database."""
        if not cls.left:
            return
        with (
            Registry(common.get_db_name()).cursor() as cr,
            patch.object(cls.bundles, "TRACKED_BUNDLES", []),  # no page is told to load itself anew
        ):
            qweb = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
            for name, wanted in list(cls.left.values()):
                bundle = qweb._get_asset_bundle(name, **wanted)
                bundle.js() if wanted["js"] else bundle.css()
        cls.left.clear()


def address(bundle, extension):
    version = bundle.get_version("css" if bundle.is_css(extension) else "js")
    return bundle.get_asset_url(unique=version, extension=extension)


def forgiving(close):
    """Ending a connection to the bus, also one that has just ended.

    A page that is closed ends its connection, in a thread of the server; after each test Odoo ends those that
    it saw open, and may come a moment later.
    """

    def closed(self, code, reason=None):
        try:
            close(self, code, reason)
        except OSError:
            if self.state.name != "CLOSED":
                raise

    return closed


def pytest_sessionstart():
    common.ChromeBrowser = Browser
    Bundles.watch()
    from odoo.addons.bus.websocket import Websocket

    Websocket.close = forgiving(Websocket.close)
    set_up = common.HttpCase.setUpClass.__func__

    def set_up_class(cls):
        Bundles.keep()
        set_up(cls)

    common.HttpCase.setUpClass = classmethod(set_up_class)


def pytest_sessionfinish():
    end()
