"""Odoo's own tests, run without our addons and with them, side by side, and compared test by test."""

import contextlib
import json
import queue
import re
import threading
from collections import Counter
from dataclasses import dataclass, field

from . import database, paths, proc, settings, ui
from .ui import Problem

MODULES = ("account", "sale", "sale_stock", "sale_management", "sale_margin", "stock", "stock_account")
SIDES = ("without", "with")
OUTCOMES = ("ok", "failed", "skipped")
LISTED = paths.ROOT / "tests" / "native_differences.txt"
ID = re.compile(r"odoo\.addons\.(\w+)\.tests\.\w+\.(\w+)\.(\w+)")
AROUND = re.compile(r"\w+ \(odoo\.addons\.(\w+)\.tests\.\w+\.(\w+)\)")  # what fails around a class's tests


@dataclass
class Comparison:
    """What two runs of the same tests gave: {test: outcome} each."""

    without: dict = field(default_factory=dict)
    beside: dict = field(default_factory=dict)

    @property
    def differences(self):
        """Tests that pass without our addons and do not with them: {test: what they did instead}."""
        return {
            test: self.beside.get(test, "not run")
            for test, outcome in sorted(self.without.items())
            if outcome == "ok" and self.beside.get(test) != "ok"
        }

    def judge(self, listed, modules):
        """Return the differences nobody explained, and what is listed though it passes."""
        differences = self.differences
        unexplained = {test: what for test, what in differences.items() if test not in listed}
        of_modules = {test for test in listed if (found := ID.match(test)) and found[1] in modules}
        return unexplained, sorted(of_modules - differences.keys())


def listed_differences(file=LISTED):
    """Return {test: reason}; a line without a reason is refused."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        test, _colon, reason = line.partition(":")
        if not ID.fullmatch(test.strip()) or not reason.strip():
            raise Problem(f"{file}: not a test's id, a colon and a reason: {line}")
        found[test.strip()] = reason.strip()
    return found


def read(file):
    """Return {test: outcome} of a results file, and whether the run came to its end."""
    found, ended = {}, False
    with contextlib.suppress(FileNotFoundError), open(file, encoding="utf-8") as lines:
        for line in lines:
            with contextlib.suppress(ValueError):  # the last line of a process that was killed
                row = json.loads(line)
                ended = ended or bool(row.get("end"))
                if "test" in row and found.get(row["test"]) != "failed":
                    found[row["test"]] = row["outcome"]
    return found, ended


class Suites(threading.Thread):
    """The tests of some modules on one database, one Odoo process for each module.

    ``modules``: a queue, which several databases may share.
    """

    def __init__(self, databases, name, side, modules, folder, port):
        super().__init__(daemon=True)
        self.databases, self.name, self.side = databases, name, side
        self.modules, self.folder, self.port = modules, folder, port
        self.trouble = None

    def run(self):
        try:
            while True:
                self.run_module(self.modules.get_nowait())
        except queue.Empty:
            pass
        except BaseException as error:
            self.trouble = error

    def results(self, module, attempt=""):
        return self.folder / f"{self.side}-{module}{attempt}.jsonl"

    def run_module(self, module):
        file = self.results(module)
        found, ended = read(file)
        title = f"{module} {self.side} our addons"
        if ended:
            ui.say(f" ok   {title}: {tally(found)} (kept)")
            return
        with ui.step(title) as step:
            self.run_tests(f"/{module}", file, step)
            found, ended = read(file)
            step.result = tally(found)
        if not found:
            file.unlink(missing_ok=True)
            raise Problem(f"no test of {module} was run: is it a module of Odoo? Log: {self.log(file)}")
        if not ended:
            raise Problem(f"the tests of {title} did not come to an end. Log: {self.log(file)}")

    def run_chosen(self, tests):
        """Run some tests alone; return {test: outcome}."""
        found = {}
        for module, tags in of_modules(tests).items():
            file = self.results(module, "-alone")
            with ui.step(f"{module} {self.side} our addons: {len(tags)} alone") as step:
                self.run_tests(",".join(tags), file, step)
                again, _ended = read(file)
                step.result = tally(again)
            found.update(again)
        return found

    def log(self, file):
        return paths.log_file(f"native-{file.stem}")

    def run_tests(self, tags, file, step):
        conf = settings.write(
            f"native-{self.name}",
            self.databases.tree,
            self.databases.server,
            http_port=self.port,
            dbfilter=f"^{self.name}$",
        )
        log = self.log(file)
        log.unlink(missing_ok=True)
        file.unlink(missing_ok=True)
        words = ["-c", conf, "-d", self.name, "--test-tags", tags, "--stop-after-init"]
        words += ["--max-cron-threads", "0", "--log-level", "info"]
        done = Counter()

        def moved(line):
            if "Starting Test" in line:
                done["tests"] += 1
                step.progress(f"{done['tests']} tests")

        env = database.odoo_env(self.databases.server)
        env["PYTHONPATH"] = str(paths.ROOT)
        try:
            proc.run(
                [paths.venv_python(), "-m", "engine.native_runner", file, *words],
                log=log,
                on_line=moved,
                env=env,
                pass_fds=self.databases.server.fds(),
                cwd=paths.ROOT,
            )
        finally:
            conf.unlink(missing_ok=True)


def of_modules(tests):
    """Return {module: the tags that choose these tests}."""
    tags = {}
    for test in tests:
        found = ID.match(test)
        if found:
            tags.setdefault(found[1], []).append(f"/{found[1]}:{found[2]}.{found[3]}")
        elif found := AROUND.match(test):
            tags.setdefault(found[1], []).append(f"/{found[1]}:{found[2]}")
    return tags


def tally(found):
    counts = Counter(found.values())
    return ", ".join(f"{counts[key]} {key}" for key in OUTCOMES if counts[key])


def run(databases, names, modules, options, free_port):
    """Run the tests of Odoo's modules and compare; return the exit code.

    :param names: a database without our addons and one with them; when quick, a second one with them too
    """
    listed = listed_differences()
    where = paths.state_dir("native", databases.full_key())
    kept = {side: {module: where / f"{side}-{module}.jsonl" for module in modules} for side in SIDES}
    if not options.resume:
        for files in kept.values():
            for file in files.values():
                file.unlink(missing_ok=True)
    without, beside, *more = [
        Suites(databases, name, "with" if number else "without", None, where, free_port())
        for number, name in enumerate(names)
    ]
    work = {without: filled(() if options.quick else modules), beside: filled(modules)}
    work.update(dict.fromkeys(more, work[beside]))
    run_all(work)
    comparison = Comparison(read_all(kept["without"]), read_all(kept["with"]))
    if options.quick:  # what passes with our addons needs no comparison
        open_ones = [test for test, outcome in comparison.beside.items() if outcome != "ok"]
        comparison.without = {**comparison.beside, **without.run_chosen(open_ones)}
    unsteady = again(beside, comparison, listed)
    return report(comparison, listed, modules, unsteady, where / "comparison.txt")


def filled(modules):
    work = queue.SimpleQueue()
    for module in modules:
        work.put(module)
    return work


def run_all(work):
    """Run the suites side by side to their end; raise what went wrong in one of them."""
    for suites, modules in work.items():
        suites.modules = modules
        suites.start()
    for suites in work:
        while suites.is_alive():
            suites.join(0.5)
    for suites in work:
        if suites.trouble:
            raise suites.trouble


def read_all(files):
    """Return {test: outcome} of some results files."""
    found = {}
    for file in files.values():
        found.update(read(file)[0])
    return found


def chosen(words):
    """Return the modules that the command line names; all of them when it names none."""
    modules = [module for word in words for module in word.split(",") if module]
    for module in modules:
        if not re.fullmatch(r"\w+", module):
            raise Problem(f"{module} is not the name of a module of Odoo")
    return list(dict.fromkeys(modules)) or list(MODULES)


def again(beside, comparison, listed):
    """Give what differs a second run, alone; what passes then was not our doing. Returns those tests."""
    tests = [test for test in comparison.differences if test not in listed]
    found = beside.run_chosen(tests)
    unsteady = [test for test in tests if found.get(test) == "ok"]
    comparison.beside.update(dict.fromkeys(unsteady, "ok"))
    return unsteady


def report(comparison, listed, modules, unsteady, file):
    """Print the comparison and keep it in a file; return the exit code."""
    lines = table(comparison, modules)
    unexplained, untrue = comparison.judge(listed, modules)
    both = [
        test
        for test, outcome in sorted(comparison.without.items())
        if outcome == "failed" and comparison.beside.get(test) == "failed"
    ]
    mended = [
        test
        for test, outcome in sorted(comparison.without.items())
        if outcome == "failed" and comparison.beside.get(test) == "ok"
    ]
    explained = [f"{test}: {listed[test]}" for test in comparison.differences if test in listed]
    for title, entries in (
        ("fail without our addons too", both),
        ("fail without our addons only", mended),
        ("passed at the second run", unsteady),
        ("differ, for a reason that is listed", explained),
        ("listed as different, and pass", untrue),
        ("DIFFER", [f"{test}: {what}" for test, what in unexplained.items()]),
    ):
        if entries:
            lines += ["", f"{title} ({len(entries)})", *(f"  {entry}" for entry in entries)]
    wrong = len(unexplained) + len(untrue)
    lines += [
        "",
        f"{wrong} unexplained" if wrong else "every test that passes without our addons passes with them",
    ]
    text = "\n".join(lines)
    print(text, flush=True)
    file.write_text(text + "\n", encoding="utf-8")
    return 1 if wrong else 0


def table(comparison, modules):
    """Return the lines of a table: for each module how many tests did what, without and with."""
    heads = [
        f"{outcome}{'' if side == 'without' else ' with'}"
        for outcome in ("ok", "failed", "skipped")
        for side in SIDES
    ]
    lines = ["", f"{'':<18}" + "".join(f"{head:>14}" for head in heads)]
    total = Counter()
    for module in modules:
        counts = Counter()
        for side, found in zip(SIDES, (comparison.without, comparison.beside), strict=True):
            counts.update((outcome, side) for test, outcome in found.items() if f".{module}.tests." in test)
        total += counts
        lines.append(_row(module, counts))
    return [*lines, _row("in all", total)]


def _row(name, counts):
    cells = [" / ".join(str(counts[outcome, side]) for side in SIDES) for outcome in OUTCOMES]
    return f"{name:<18}" + "".join(f"{cell:>16}" for cell in cells)
