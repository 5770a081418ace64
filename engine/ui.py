"""What the user sees: steps with their progress, notices, and one clear line when something is wrong."""

import sys
import threading
import time
from contextlib import contextmanager

REFRESH = 0.2  # seconds between two redraws on a terminal
REPEAT = 5.0  # seconds between two progress lines elsewhere


class Problem(Exception):
    """Something the user can act on: the text says what is wrong and what to do."""


class Step:
    def __init__(self, screen, title):
        self.screen = screen
        self.title = title
        self.started = time.monotonic()
        self.detail = ""
        self.result = ""

    def progress(self, detail, done=None, total=None):
        """Tell how far the step is: a text and, where known, how much of how much."""
        if done is not None and total:
            detail = f"{min(100, int(100 * done / total)):3d} %  {detail}"
        self.detail = detail
        self.screen.moved(self)

    @property
    def seconds(self):
        return time.monotonic() - self.started


class Screen:
    """Steps may run side by side; each prints one line at its end, and its progress meanwhile."""

    def __init__(self, stream=None):
        self._stream = stream
        self.lock = threading.RLock()
        self.active = []
        self.drawn = False
        self.drawn_at = {}

    @property
    def stream(self):
        return self._stream or sys.stderr

    @property
    def terminal(self):
        return self.stream.isatty()

    def say(self, text=""):
        """Print one line."""
        with self.lock:
            self._wipe()
            self.stream.write(text + "\n")
            self.stream.flush()

    def notice(self, text):
        self.say(f"note: {text}")

    @contextmanager
    def step(self, title):
        """Show ``title`` while the block runs, then whether it worked and how long it took."""
        step = Step(self, title)
        with self.lock:
            self.active.append(step)
        if not self.terminal:
            self.say(f"  ...  {title}")
        try:
            yield step
        except BaseException:
            self._ended(step, "stop")
            raise
        self._ended(step, " ok ")

    def moved(self, step):
        with self.lock:
            now = time.monotonic()
            drawn = self.drawn_at.get(step, 0 if self.terminal else step.started)
            if now - drawn < (REFRESH if self.terminal else REPEAT):
                return
            self.drawn_at[step] = now
            if self.terminal:
                self._draw()
            else:
                self.say(f"  ...  {step.title}: {step.detail}")

    def _ended(self, step, mark):
        with self.lock:
            self.active.remove(step)
            self.drawn_at.pop(step, None)
            result = f": {step.result}" if step.result else ""
            self.say(f" {mark}  {step.title}{result} ({step.seconds:.0f} s)")

    def _draw(self):
        parts = [f"{step.title}  {step.detail}" for step in self.active]
        self.stream.write("\r\033[K  ...  " + " | ".join(parts)[:110])
        self.stream.flush()
        self.drawn = True

    def _wipe(self):
        if self.drawn:
            self.stream.write("\r\033[K")
            self.drawn = False


screen = Screen()
say = screen.say
notice = screen.notice
step = screen.step
