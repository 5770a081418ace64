"""Reminder runs against OCA's account_credit_control and against one bare INSERT ... SELECT, in turn.

One database holds the open invoices for all three. Each round computes with each of them, the first one
changing from round to round, and rolls back. The levels of two runs are compared line by line: the policies
agree (5 and 15 days after due, one step at a time, no minimum, no gap). Then both write their e-mails,
without a document; and ours makes one PDF of all its letters.
"""

import argparse
import glob
import os
import statistics
import subprocess
import sys

from _process import Worker, clone, install

PEERS = {"oca": ("odoo-addon-account-credit-control", "account_credit_control")}


def fetch(peer):
    """Download a peer's wheel into a folder of the benchmarks only; return its addons path."""
    package, module = PEERS[peer]
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, ".engine", "bench", peer)
    found = os.path.join(folder, "odoo", "addons")
    if not glob.glob(os.path.join(found, module, "__manifest__.py")):
        # without its dependencies: Odoo is here already, and PyPDF2 must not come in
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder]
        subprocess.run([*command, f"{package}==19.0.*"], check=True)
    return os.path.realpath(found)


def settings(addons):
    """A copy of Odoo's configuration whose addons path ends with the peer's."""
    with open(os.environ["ODOO_RC"], encoding="utf-8") as file:
        lines = file.read().splitlines()
    lines = [f"{line},{addons}" if line.startswith("addons_path") else line for line in lines]
    target = f"{os.environ['ODOO_RC']}.dunning"
    with open(target, "w", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))
    os.chmod(target, 0o600)
    return target


def show(lines, race, mails, letters):
    """Print what one size gave."""
    print(
        f"\n{lines} open invoices, {race['due']} due at the first level; medians of {race['rounds']} rounds"
    )
    print(f"{'':<12}{'seconds':>10}{'statements':>12}{'peak MB':>10}{'/ bare':>9}{'minima':>9}{'/ bare':>9}")
    costs = {
        name: [statistics.median(column) for column in zip(*rows, strict=True)]
        for name, rows in race["costs"].items()
    }
    least = {name: min(seconds for seconds, *_rest in rows) for name, rows in race["costs"].items()}
    for name, (seconds, statements, peak) in costs.items():
        print(
            f"{name:<12}{seconds:>10.2f}{statements:>12.0f}{peak:>10.1f}{seconds / costs['bare'][0]:>9.2f}"
            f"{least[name]:>9.2f}{least[name] / least['bare']:>9.2f}"
        )
    if "oca" in costs:
        print(f"ours is {costs['oca'][0] / costs['ours'][0]:.1f} times faster than OCA's")
        print(f"levels compared: {race['compared']}, different: {race['different']}")
    if mails:
        print(f"e-mails without a document, milliseconds a notice ({mails['notices']} notices):", end=" ")
        print(", ".join(f"{name} {1000 * value:.1f}" for name, value in mails["each"].items()), end="")
        if "oca" in mails["each"]:
            print(f": {mails['each']['oca'] / mails['each']['ours']:.1f} times faster", end="")
        print()
    if letters:
        print(
            f"one PDF of {letters['letters']} letters: {letters['seconds']:.2f} s, {letters['pages']} pages, "
            f"{1000 * letters['seconds'] / letters['letters']:.0f} ms a letter; apart: "
            f"{1000 * letters['alone']:.0f} ms a letter"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lines", type=int, action="append", help="open invoices; may be given again")
    parser.add_argument("--peer", choices=sorted(PEERS), help="measure this one too")
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count (3)")
    options = parser.parse_args()
    if options.peer:
        os.environ["ODOO_RC"] = settings(fetch(options.peer))
    with clone(os.environ["ADV_TEMPLATE"], "adv_bench_dunning") as database:
        if options.peer:
            install(PEERS[options.peer][1], database)
        for lines in options.lines or [10_000]:
            with clone(database, "adv_bench_dunning_lines") as loaded:
                worker = Worker("_dunning", loaded)
                try:
                    worker.step("prepare", lines=lines, peer=bool(options.peer))
                    race = worker.step("race", rounds=options.rounds, peer=bool(options.peer))["result"]
                    mails = worker.step("mails", peer=bool(options.peer))["result"]
                    letters = worker.step("letters")["result"]
                finally:
                    worker.close()
                show(lines, race, mails, letters)


if __name__ == "__main__":
    main()
