"""Starting and ending other programs. Each gets a session of its own: Ctrl-C reaches us, and we end them."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time

from . import ui

_running = {}
_lock = threading.Lock()
_ending = threading.Event()


class Result:
    def __init__(self, code, lines):
        self.code = code
        self.lines = lines

    @property
    def ok(self):
        return self.code == 0

    def last(self, pattern=r"\S"):
        """The last line that matches, or an empty text."""
        return next((line.strip() for line in reversed(self.lines) if re.search(pattern, line)), "")


def child_env(**extra):
    """Our environment for a child; a HOME that cannot be used is replaced by one that can."""
    from . import paths

    env = dict(os.environ, PYTHONNOUSERSITE="1", **{key: str(value) for key, value in extra.items()})
    home = env.get("HOME", "")
    if not (home and os.access(home, os.W_OK | os.X_OK)):
        env["HOME"] = str(paths.state_dir("home"))
    env.pop("PYTHONPATH", None)
    env.pop("PYTHONHOME", None)
    return env


def start(command, *, gentle=False, **options):
    """Start a program in its own session and remember it; not any more once the command ends."""
    if _ending.is_set():
        raise KeyboardInterrupt
    options.setdefault("stdin", subprocess.DEVNULL)
    process = subprocess.Popen([str(word) for word in command], start_new_session=True, **options)
    with _lock:
        _running[process.pid] = (process, gentle)
    return process


def begin():
    """A new command: programs may be started."""
    _ending.clear()


def forget(process):
    with _lock:
        _running.pop(process.pid, None)


def run(command, *, log=None, on_line=None, gentle=False, keep=400, **options):
    """Run a program to its end; its output goes to ``log`` and line by line to ``on_line``."""
    lines = []
    process = start(
        command,
        gentle=gentle,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    try:
        with open(log, "a", encoding="utf-8") if log else contextlib.nullcontext() as sink:
            for line in process.stdout:
                if sink:
                    sink.write(line)
                    sink.flush()
                lines.append(line.rstrip("\n"))
                del lines[:-keep]
                if on_line:
                    on_line(line.rstrip("\n"))
        code = process.wait()
        if _ending.is_set():  # we ended it: what it said means nothing
            raise KeyboardInterrupt
        return Result(code, lines)
    finally:
        end(process, gentle=gentle)
        process.stdout.close()


def foreground(command, **options):
    """Run a program that has the terminal to itself, Ctrl-C included; returns its exit code."""
    kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
    options["preexec_fn"] = _default_interrupt
    try:
        return subprocess.call([str(word) for word in command], **options)
    finally:
        signal.signal(signal.SIGINT, kept)


def _default_interrupt():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end(process, *, gentle=False, patience=15, first=signal.SIGTERM):
    """End a program and all it started; a gentle one (a package manager at work) may finish first."""
    if process.poll() is None:
        if gentle:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(90)
        else:
            _signal_group(process.pid, first)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience)
            if process.poll() is None:
                _signal_group(process.pid, signal.SIGKILL)
                process.wait(10)
    forget(process)


def end_all():
    """End whatever still runs; called once, when the command ends."""
    _ending.set()
    with _lock:
        left = list(_running.values())
    for process, gentle in left:
        if gentle and process.poll() is None:
            ui.say("finishing what the machine's package manager has begun, a moment please")
        end(process, gentle=gentle)


def _signal_group(pid, number):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _state(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return "?"


def wait_gone(pid, seconds):
    """Whether the process ended within the time."""
    limit = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True
