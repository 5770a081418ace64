"""./adv stop: end ./adv run and the database server it started."""

import contextlib
import os
import signal

from .. import locks, postgres, proc, ui

HELP = "stop ./adv run and its PostgreSQL; other ./adv commands go on"
EXAMPLES = """examples:
  ./adv stop          end ./adv run; PostgreSQL ends too unless a test run uses it
  ./adv stop --all    end also the test runs and everything else that this checkout's ./adv started
"""


def arguments(parser):
    parser.add_argument("--all", action="store_true", help="end every ./adv command of this checkout")


def run(options):
    done = stop_holders("run")
    if done:
        ui.say("./adv run is stopped")
    if options.all and stop_holders("postgres-users"):
        ui.say("the other ./adv commands are stopped")
        done = True
    done = stop_server() or done
    if not done:
        ui.say("nothing was running")


def stop_holders(name):
    """End the processes that hold a lock: the command, which ends its own children, then what is left."""
    lock = locks.Lock(name)
    pids = locks.holders(lock.path) if lock.held else []
    for pid in pids[:1]:
        _end(pid, 45)
    for pid in locks.holders(lock.path):
        _end(pid, 20)
    return bool(pids)


def _end(pid, patience):
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if proc.wait_gone(pid, seconds):
            return


def stop_server():
    """Stop a PostgreSQL of ours that nobody uses any more."""
    server = postgres.server()
    if not server.own or not server.pid():
        return False
    with (
        locks.exclusive("postgres", "another ./adv that starts or stops PostgreSQL"),
        locks.Lock("postgres-users") as users,
    ):
        if not users.try_acquire():
            pids = ", ".join(map(str, locks.holders(users.path)))
            ui.notice(
                f"PostgreSQL goes on: another ./adv uses it (process {pids}); ./adv stop --all ends that too"
            )
            return False
        server.stop()
    ui.say("PostgreSQL is stopped")
    return True
