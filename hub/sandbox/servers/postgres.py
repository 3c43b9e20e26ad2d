"""PostgreSQL from its package: made, started and tuned for a small machine."""

import shutil
import signal
import subprocess
from pathlib import Path
from typing import ClassVar

from typing_extensions import override

from hub.sandbox.servers import account as accounts
from hub.sandbox.servers.account import Account
from hub.sandbox.servers.address import LOOPBACK, password_of, write_private
from hub.sandbox.servers.binaries import postgres_programs
from hub.sandbox.servers.failure import POSTGRES, ServerFailed
from hub.sandbox.servers.process import ENVIRONMENT, Child, Command
from hub.sandbox.servers.server import Server

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # when, which process, who, in which database, session and transaction
    "log_line_prefix": "%m [%p] %q%u@%d %c %v ",
    # INVARIANT: no personal code in a log line; details and statements quote values
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
MAKING = (
    f"--username={SUPERUSER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
)
# the eighth line of its lock file is where PostgreSQL tells how far it is
STATUS_LINE = 7


class PostgresServer(Server):
    """A running PostgreSQL.

    Attributes:
        home: Folder that holds its files: ``data_dir``, or a shelter when PostgreSQL's account
            cannot reach that.
        account: The account it runs under; None is this process's own.
        fsync: Whether commits survive a power cut; without, only the server's own death.
    """

    name: ClassVar[str] = POSTGRES
    ready_wait_s: ClassVar[float] = 60.0
    # fast, then immediate shutdown
    farewells: ClassVar[tuple[tuple[signal.Signals, float], ...]] = (
        (signal.SIGINT, 10.0),
        (signal.SIGQUIT, 3.0),
    )

    def __init__(self, data_dir: Path, *, fsync: bool) -> None:
        """Speak for the PostgreSQL of ``data_dir``."""
        super().__init__(data_dir)
        self.fsync = fsync
        self.home = self.data_dir
        self.account: Account | None = None
        self._programs = Path()

    @property
    @override
    def url(self) -> str:
        return f"postgresql://{SUPERUSER}:{self.password}@{LOOPBACK}:{self.port}"

    @property
    def note(self) -> str | None:
        """Where the data are, when that is not where they were asked to be."""
        if self.home == self.data_dir:
            return None
        who = self.account.name if self.account else SUPERUSER
        return f"PostgreSQL runs as `{who}`, who cannot enter {self.data_dir}: see {self.home}"

    @override
    def remove(self) -> None:
        super().remove()
        if self.home != self.data_dir:
            shutil.rmtree(self.home)

    @override
    def discard(self) -> None:
        outside = accounts.shelter_of(self.data_dir)
        super().discard()
        if outside is not None and outside.exists():
            shutil.rmtree(outside)

    @property
    def _cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def _lock_file(self) -> Path:
        return self._cluster / "postmaster.pid"

    @override
    def _prepare(self) -> None:
        self.account = accounts.ordinary_account()
        self.home = accounts.home_for(self.account, self.data_dir)
        owner = accounts.owner_of(self._cluster)
        self.account = self.account and (owner or self.account)
        self._programs = postgres_programs(self.account)
        if owner and not (self.data_dir / "password").exists():
            reason = f"its password is lost; remove `{self.data_dir}` to begin anew"
            raise ServerFailed(self.name, reason)
        self.password = password_of(self.data_dir)
        if owner is None:
            self._make_cluster()

    def _make_cluster(self) -> None:
        """Run ``initdb`` beside the final place, so that half a cluster is never taken for one."""
        fresh = self._cluster.with_name("cluster.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = self.home / "password.once"
        write_private(password_file, self.password)
        if self.account:
            self.account.own(fresh)
            self.account.own(password_file)
        try:
            self._initdb(fresh, password_file)
        finally:
            password_file.unlink()
        fresh.rename(self._cluster)

    def _initdb(self, fresh: Path, password_file: Path) -> None:
        initdb = self._programs / "initdb"
        sync = [] if self.fsync else ["--no-sync"]
        done = subprocess.run(  # noqa: S603 - our own words, no shell
            [initdb, "--pgdata", fresh, f"--pwfile={password_file}", *MAKING, *sync],
            **accounts.identity(self.account),
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            tail = done.stderr.decode(errors="replace").strip()
            raise ServerFailed(self.name, "its data folder could not be made", tail)

    @override
    def _command(self) -> Command:
        # left by a server that was killed. PostgreSQL itself notices survivors of that one, by the
        # shared memory they hold; but it would take any new process of that number for them
        self._lock_file.unlink(missing_ok=True)
        settings = SETTINGS | {
            "port": str(self.port),
            "fsync": "on" if self.fsync else "off",
            "full_page_writes": "on" if self.fsync else "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Command(
            words=[str(self._programs / "postgres"), "-D", str(self._cluster), *options],
            log=self.log,
            account=self.account,
            death_signal=signal.SIGQUIT,
        )

    @override
    def _is_ready(self, child: Child) -> bool:
        try:
            lines = self._lock_file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        told = len(lines) > STATUS_LINE and lines[0] == str(child.pid)
        return told and lines[STATUS_LINE].strip() == "ready"


def start_postgres(
    data_dir: Path, *, port: int | None = None, fsync: bool = True
) -> PostgresServer:
    """Start the PostgreSQL of ``data_dir``, made at the first start, and wait until it is ready.

    Args:
        data_dir: Its folder; made when missing.
        port: Where to listen on 127.0.0.1; None takes the last port again, or else a free one.
        fsync: False trades what a power cut may lose for speed, for tests.

    Raises:
        ServerFailed: It did not start; the reason and the log's tail tell why.
    """
    server = PostgresServer(data_dir, fsync=fsync)
    server.start(port=port)
    return server


def discard_postgres(data_dir: Path) -> None:
    """Delete all that the PostgreSQL of ``data_dir`` kept, wherever it is.

    Raises:
        ServerFailed: A living process runs it.
    """
    PostgresServer(data_dir, fsync=True).discard()
