"""Debian packages without root: a private apt state beside the machine's own, which is only read.

The mirror is the machine's own and apt verifies every index and package with Debian's keyring, so no host
name stands in these files.
"""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import paths, proc
from .ui import Problem

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
OTHER_WAY = "Set ODOO_PATH to the folder of an Odoo 19 (source or installed) to do without"
# Without --no-release-info apt names only what it has fetched lists of, and a fresh machine has none.
TARGETS = ("apt-get", "indextargets", "--no-release-info", "--format", "$(CREATED_BY)|$(REPO_URI)|$(RELEASE)")


class Apt:
    """Packages of Debian sid, and of the machine's own release where that one is wanted."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.debs = self.folder / "debs"
        self.conf = self.folder / "apt.conf"
        self.log = paths.log_file("apt")

    # -- setting up

    def prepare(self, step):
        """Write the private configuration and fetch the package lists."""
        uri, release = find_mirror()
        for name in ("lists/partial", "cache/archives/partial", "etc", "debs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        suites = ["sid", *([release] if release not in ("sid", "unstable") else [])]
        lines = [f"deb [signed-by={KEYRING}] {uri} {suite} main\n" for suite in suites]
        (self.folder / "sources.list").write_text("".join(lines), encoding="utf-8")
        self.conf.write_text(self._configuration(), encoding="utf-8")
        step.progress("package lists")
        done = self._run("apt-get", "update", "--error-on=any")
        if not done.ok:
            raise Problem(self._explain(done, "the Debian package lists could not be fetched"))

    def _configuration(self):
        options = {
            "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::State::extended_states": self.folder / "extended_states",
            "Dir::Cache": self.folder / "cache",
            "Dir::Log": self.folder,
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Acquire::http::Timeout": "60",
        }
        return machine_acquire() + "".join(f'{name} "{value}";\n' for name, value in options.items())

    # -- packages

    def versions(self, package):
        """The versions on offer, newest first."""
        done = self._run("apt-cache", "madison", package)
        if not done.ok:
            raise Problem(self._explain(done, "the Debian package lists could not be read"))
        return [line.split("|")[1].strip() for line in done.lines if line.count("|") >= 2]

    def facts(self, package, version):
        """What the signed index says of this package: its file's size and checksum."""
        done = self._run("apt-cache", "show", f"{package}={version}")
        found = dict(re.findall(r"^(Size|SHA256|Filename): (\S+)", "\n".join(done.lines), re.MULTILINE))
        return int(found.get("Size", 0)), found.get("SHA256", "")

    def fetch(self, wanted, step):
        """Download ``{package: version}``; returns their files. What is there whole is not fetched again."""
        facts = {package: self.facts(package, version) for package, version in wanted.items()}
        total = sum(size for size, _sum in facts.values())
        for attempt in (1, 2):
            missing = [package for package in wanted if not self._whole(package, facts[package])]
            if not missing:
                break
            done = self._download([f"{package}={wanted[package]}" for package in missing], total, step)
            if not done.ok and attempt == 2:
                raise Problem(self._explain(done, f"could not download {', '.join(missing)}"))
        broken = [package for package in wanted if not self._whole(package, facts[package])]
        if broken:
            raise Problem(
                f"{', '.join(broken)} arrived damaged twice: the mirror or a proxy serves a wrong file. "
                f"Try again later. {OTHER_WAY}. Log: {self.log}"
            )
        return [self._file(package) for package in wanted]

    def _download(self, names, total, step):
        def moved(line):
            percent = re.match(r"dlstatus:\d+:([\d.]+):", line)
            if percent:
                part = float(percent[1]) / 100
                step.progress(f"{part * total / 1e6:.0f} of {total / 1e6:.0f} MB", part, 1)

        return self._run(
            "apt-get", "download", "-o", "APT::Status-Fd=1", *names, cwd=self.debs, on_line=moved
        )

    def _file(self, package):
        return next(iter(sorted(self.debs.glob(f"{package}_*.deb"))), None)

    def _whole(self, package, facts):
        """Whether the file is there as the index describes it; a half-fetched or altered one is removed."""
        file = self._file(package)
        if file is None:
            return False
        size, checksum = facts
        if file.stat().st_size == size and _sha256(file) == checksum:
            return True
        file.unlink()
        return False

    # -- helpers

    def _run(self, *command, cwd=None, on_line=None):
        env = proc.child_env(APT_CONFIG=self.conf, LC_ALL="C", DEBIAN_FRONTEND="noninteractive")
        return proc.run(command, log=self.log, on_line=on_line, env=env, cwd=cwd or self.folder, keep=4000)

    def _explain(self, done, what):
        reason = done.last(r"^E:|Could not|Failed|Temporary") or "see the log"
        return f"{what} ({reason}). Check the network and try again. {OTHER_WAY}. Log: {self.log}"


def machine_acquire():
    """How the machine fetches (its proxy, say); nothing else of its settings, no hook above all."""
    dump = subprocess.run(
        ["apt-config", "dump", "Acquire"],
        capture_output=True,
        text=True,
        check=False,
        env=proc.child_env(LC_ALL="C"),
    )
    return "".join(line + "\n" for line in dump.stdout.splitlines() if line.startswith("Acquire::"))


def find_mirror():
    """The Debian mirror this machine already uses, and its own release's name."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Problem(f"this machine has no apt, from which Odoo would be fetched. {OTHER_WAY}")
    if not KEYRING.exists():
        raise Problem(f"{KEYRING} is missing: install debian-archive-keyring. {OTHER_WAY}")
    listed = subprocess.run(
        TARGETS, capture_output=True, text=True, check=False, env=proc.child_env(LC_ALL="C")
    )
    rows = [line.split("|") for line in listed.stdout.splitlines() if line.count("|") == 2]
    main = [
        (uri, release)
        for kind, uri, release in rows
        if kind == "Packages" and uri.rstrip("/").endswith("/debian")
    ]
    if not main:
        raise Problem(f"apt on this machine names no Debian mirror. {OTHER_WAY}")
    own = codename()
    return next((row for row in main if row[1] == own), (main[0][0], own or main[0][1]))


def codename(file="/etc/os-release"):
    """This machine's Debian release, such as bookworm."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r'^VERSION_CODENAME="?(\w+)', text, re.MULTILINE)
    return found[1] if found else ""


def unpack(deb, target, log):
    """Unpack a package into a folder, as nobody in particular: no script of it runs."""
    done = proc.run(["dpkg-deb", "-x", deb, target], log=log, env=proc.child_env(LC_ALL="C"))
    if not done.ok:
        os.unlink(deb)
        raise Problem(
            f"{deb.name} could not be unpacked ({done.last() or 'no reason given'}); run the command again"
        )


def _sha256(file):
    digest = hashlib.sha256()
    with open(file, "rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


# -- the machine's own packages, root only


def can_install():
    return paths.is_root() and shutil.which("apt-get") is not None


def install(packages, step):
    """Install packages of the machine's own release; returns an error text, empty when all went well."""
    log = paths.log_file("machine-packages")
    env = proc.child_env(LC_ALL="C", DEBIAN_FRONTEND="noninteractive")
    base = [
        "apt-get",
        "-y",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=120",
        "-o",
        "APT::Status-Fd=1",
    ]

    def moved(line):
        percent = re.match(r"(dl|pm)status:[^:]*:([\d.]+):", line)
        if percent:
            step.progress("download" if percent[1] == "dl" else "install", float(percent[2]), 100)

    fetch = [*base, "--download-only", "install", *packages]
    done = proc.run(fetch, log=log, env=env, on_line=moved)
    if not done.ok:  # the machine's package lists may be missing or old
        proc.run([*base, "update"], log=log, env=env)
        done = proc.run(fetch, log=log, env=env, on_line=moved)
    if done.ok:
        done = proc.run([*base, "install", *packages], log=log, env=env, on_line=moved, gentle=True)
    return "" if done.ok else done.last(r"^E:") or f"see {log}"
