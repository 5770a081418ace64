"""Screenshots of a running web client, taken with headless Chromium over its DevTools protocol.

    python -m engine.screenshots http://127.0.0.1:8069 docs/images odoo/adv-desk:desk.png

Each page is PATH:FILE. Runs in the venv (needs requests and websocket-client).
"""

import argparse
import base64
import itertools
import json
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import requests
from websocket import create_connection

READY = """
(() => {
    const busy = document.querySelector(".o_loading_indicator, .o_loading, .o_view_loading");
    const shown = document.querySelector(
        ".o_action_manager > *, #wrapwrap, .o_action .o_content"
    );
    return document.readyState === "complete" && !busy && Boolean(shown);
})()
"""


def session_cookie(url, login, password):
    """Log in and return the session cookie's value; ValueError when the server refuses the login."""
    client = requests.Session()
    page = client.get(f"{url}/web/login", timeout=60)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
    answer = client.post(
        f"{url}/web/login", data={"login": login, "password": password, "csrf_token": token}, timeout=60
    )
    if "/web/login" in answer.url:
        raise ValueError(f"The server refused the login {login}.")
    return client.cookies["session_id"]


class Page:
    """One Chromium page, driven by DevTools commands."""

    def __init__(self, socket):
        self._socket = socket
        self._ids = itertools.count(1)

    def command(self, method, **params):
        """Send a DevTools command and return its result; RuntimeError when Chromium answers an error."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def evaluate(self, script):
        """Value of a JavaScript expression (promises awaited) in the page."""
        result = self.command("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        return result["result"].get("value")

    def wait(self, script, seconds=90):
        """Wait until the expression is true; TimeoutError after ``seconds``."""
        end = time.monotonic() + seconds
        while not self.evaluate(script):
            if time.monotonic() > end:
                raise TimeoutError(f"The page was not ready after {seconds} s: {script.strip()[:60]}")
            time.sleep(0.2)

    def open(self, url, settle=1.0):
        """Open ``url`` and wait until the view has loaded."""
        self.command("Page.navigate", url=url)
        time.sleep(0.5)
        self.wait(READY)
        time.sleep(settle)

    def resize(self, width, height):
        """Give the page that size in CSS pixels."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def pause(self, seconds=0.7):
        """Let the page come to rest."""
        time.sleep(seconds)

    def picture(self):
        """The visible part of the page, the bytes of a PNG."""
        return base64.b64decode(self.command("Page.captureScreenshot", format="png")["data"])

    def save(self, path):
        """Write the visible part of the page to ``path`` as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.picture())


@contextmanager
def browser(width=1400, height=900, dark=False):
    """A headless Chromium page of that size in CSS pixels; FileNotFoundError when there is no Chromium."""
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    if not binary:
        raise FileNotFoundError("Chromium was not found: install Debian's package chromium.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                binary,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            page = Page(create_connection(_page_address(Path(profile)), timeout=60))
            page.resize(width, height)
            scheme = "dark" if dark else "light"
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            page.command("Emulation.setEmulatedMedia", features=features)
            yield page
        finally:
            process.terminate()
            process.wait(timeout=20)


def _page_address(profile, seconds=30):
    end = time.monotonic() + seconds
    port_file = profile / "DevToolsActivePort"
    while time.monotonic() < end:
        if port_file.exists() and len(port_file.read_text().splitlines()) == 2:
            port = port_file.read_text().splitlines()[0]
            targets = requests.get(f"http://127.0.0.1:{port}/json", timeout=10).json()
            pages = [target for target in targets if target["type"] == "page"]
            if pages:
                return pages[0]["webSocketDebuggerUrl"]
        time.sleep(0.2)
    raise TimeoutError("Chromium did not start.")


def take(url, pages, login="admin", password="admin", size=(1400, 900), dark=False):  # noqa: S107
    """Take screenshots: ``pages`` is a list of (path below ``url``, file to write)."""
    cookie = session_cookie(url, login, password) if login else None
    with browser(*size, dark=dark) as page:
        if cookie:
            page.command("Network.setCookie", name="session_id", value=cookie, url=url)
        if dark:
            page.command("Network.setCookie", name="color_scheme", value="dark", url=url)
        for path, file in pages:
            page.open(f"{url}/{path.lstrip('/')}")
            page.save(Path(file))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("pages", nargs="+", metavar="PATH:FILE")
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password")
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--dark", action="store_true")
    options = parser.parse_args(arguments)
    pages = [(path, options.folder / file) for path, file in (page.rsplit(":", 1) for page in options.pages)]
    take(
        options.url,
        pages,
        options.login,
        options.password or options.login,
        (options.width, options.height),
        options.dark,
    )


if __name__ == "__main__":
    main()
