"""Locks between several ./adv at once. The kernel frees them when their holder dies, however it dies."""

import contextlib
import fcntl
import json
import os
import time

from . import paths, ui


class Lock:
    """A file lock that tells who holds it. Its descriptor can be handed to a child that must hold it too."""

    def __init__(self, name):
        self.path = paths.state_dir("run") / f"{name}.lock"
        self.handle = None

    def try_acquire(self, shared=False):
        if self.handle is None:
            self.handle = open(self.path, "a+", encoding="utf-8")  # noqa: SIM115
        try:
            fcntl.flock(self.handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire(self, waiting_for="another ./adv", shared=False):
        """Wait for the lock, saying so when it takes more than a moment."""
        told = False
        began = time.monotonic()
        while not self.try_acquire(shared):
            if not told and time.monotonic() - began > 1:
                told = True
                ui.notice(f"waiting for {waiting_for}{self._who()}")
            time.sleep(0.1)
        return self

    def _who(self):
        pids = holders(self.path)
        return f" (process {', '.join(map(str, pids))})" if pids else ""

    def release(self):
        if self.handle is not None:
            self.handle.close()
            self.handle = None

    @property
    def fd(self):
        return self.handle.fileno()

    def write(self, **facts):
        """Note facts about the holder beside the lock."""
        scratch = self.path.with_suffix(f".{os.getpid()}.tmp")
        scratch.write_text(json.dumps(facts), encoding="utf-8")
        scratch.replace(self.path.with_suffix(".json"))

    def read(self):
        try:
            return json.loads(self.path.with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    @property
    def held(self):
        """Whether somebody holds it now."""
        probe = Lock(self.path.stem)
        try:
            return not probe.try_acquire()
        finally:
            probe.release()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.release()


def exclusive(name, waiting_for="another ./adv"):
    return Lock(name).acquire(waiting_for)


def holders(path):
    """The processes that have this very file open, ours excepted."""
    try:
        wanted = os.stat(path)
    except OSError:
        return []
    return [pid for pid in _pids() if pid != os.getpid() and _has_open(pid, wanted)]


def _pids():
    with contextlib.suppress(OSError):
        return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
    return []


def _has_open(pid, wanted):
    folder = f"/proc/{pid}/fd"
    try:
        names = os.listdir(folder)
    except OSError:
        return False
    for name in names:
        with contextlib.suppress(OSError):
            found = os.stat(f"{folder}/{name}")
            if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
                return True
    return False
