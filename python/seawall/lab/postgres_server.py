"""A PostgreSQL server of one's own, for tests and measurements: started, used, ended, removed."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from seawall.errors import SeawallError
from seawall.lab.postgres_programs import postgres_programs, server_user

FOR_MANY_ROWS = {"shared_buffers": "1GB", "max_wal_size": "4GB"}
"""What docs/how_to/postgres.md advises where a ledger has millions of rows."""

READY_S = 30.0
_KNOCK_S = 0.01
_ATTEMPTS = 5  # another process may take a port between its choice and its use


class PostgresServer:
    """A server on a free port of 127.0.0.1, whose files lie in a folder of its own.

    Parameters
    ----------
    parent : Path, optional
        Where the folder is made; everybody must be able to pass through. The temporary folder by
        default.
    options : mapping
        Settings of the server, such as ``{"fsync": "off"}``.

    Raises
    ------
    SeawallError
        ``library_missing`` without programs, ``process_failed`` when it does not start.
    """

    def __init__(
        self, parent: Path | None = None, *, options: dict[str, str] | None = None
    ) -> None:
        self._bin = postgres_programs()
        self._options = options or {}
        self.folder = Path(tempfile.mkdtemp(prefix="seawall-postgres-", dir=parent))
        self._user = server_user()
        if self._user:
            os.chown(self.folder, self._user["user"], self._user["group"])
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._make_cluster()
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The server's process; 0 while it is stopped."""
        return self._process.pid if self._process is not None else 0

    def url(self, database: str = "postgres", *, user: str = "seawall") -> str:
        """The URL of a database of the server."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, on the port it had before if it had one, and wait until it answers."""
        for _ in range(_ATTEMPTS):
            port = self.port or _free_port()
            if self._started(port):
                self.port = port
                return
        raise SeawallError(f"the server did not start: {self._log()}", code="process_failed")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT in order, SIGQUIT at once and as after a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(READY_S)
            self._process = None

    def close(self) -> None:
        """End it and remove its files."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        """Return the server itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self.close()

    def _make_cluster(self) -> None:
        command: list[str | Path] = [self._bin / "initdb", "-D", self.folder / "data"]
        command += ["-U", "seawall", "-A", "trust", "--no-sync", "--no-instructions"]
        command += ["--encoding=UTF8", "--locale=C"]
        try:
            done = subprocess.run(  # noqa: S603
                command,
                cwd=self.folder,
                env={"HOME": str(self.folder), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                capture_output=True,
                check=False,
                **self._user,
            )
        except PermissionError as error:
            raise SeawallError(
                f"the server's user cannot reach {error.filename}", code="process_failed"
            ) from error
        if done.returncode:
            raise SeawallError(
                f"no cluster was made: {done.stderr.decode(errors='replace')[-300:]}",
                code="process_failed",
            )

    def _started(self, port: int) -> bool:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": str(port),
            **self._options,
        }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [
                    self._bin / "postgres",
                    "-D",
                    self.folder / "data",
                    *(
                        part
                        for name, value in settings.items()
                        for part in ("-c", f"{name}={value}")
                    ),
                ],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **self._user,
            )
        until = time.monotonic() + READY_S
        while time.monotonic() < until and self._process.poll() is None:
            if self._is_ready():
                return True
            time.sleep(_KNOCK_S)
        self.stop(signal.SIGQUIT)
        return False

    def _is_ready(self) -> bool:
        # Its eighth line; while it recovers after a crash the server listens but refuses.
        try:
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _log(self) -> str:
        try:
            return (self.folder / "log").read_text(errors="replace")[-300:]
        except OSError:
            return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
