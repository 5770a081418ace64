"""./adv: the commands and how they end."""

import argparse
import contextlib
import errno
import importlib
import signal
import sys

from . import proc, ui
from .ui import Problem

COMMANDS = (
    "run",
    "test",
    "stop",
    "status",
    "shell",
    "psql",
    "reset",
    "update",
    "lint",
    "bench",
    "sample",
    "i18n",
    "figures",
    "screenshots",
)


OPAQUE = ("psql", "bench")


def main(arguments=None):
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    proc.begin()
    try:
        options = _parse(arguments)
        return options.module.run(options) or 0
    except Problem as problem:
        ui.say(f"adv: {problem}")
        return 1
    except KeyboardInterrupt:
        ui.say("adv: interrupted; the next start completes what was begun")
        return 130
    except BrokenPipeError:
        return 141
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        ui.say(f"adv: the disk is full ({error.filename or error.strerror}): make room and start again")
        return 1
    finally:
        with contextlib.suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        proc.end_all()
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _interrupt(_number, _frame):
    raise KeyboardInterrupt


def _parse(arguments):
    """Some commands hand what follows them to another program; others refuse what they do not know."""
    parser = _parser()
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words and words[0] in OPAQUE and words[1:2] not in (["-h"], ["--help"]):
        options = parser.parse_args(words[:1])
        options.rest = words[1:]
        return options
    options, rest = parser.parse_known_args(arguments)
    if rest and not getattr(options, "passes_arguments", False):
        parser.error(f"unknown argument: {' '.join(rest)}")
    options.rest = rest
    return options


def _parser():
    parser = argparse.ArgumentParser(
        prog="./adv",
        description="Sales administration for Odoo 19: run, test and look after it.",
        epilog="./adv COMMAND --help tells more. The two that matter: ./adv run, ./adv test.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f".commands.{name}", __package__)
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.HELP,
            epilog=module.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.arguments(command)
        command.set_defaults(module=module)
    return parser


if __name__ == "__main__":
    sys.exit(main())
