"""``standpipe serve``: granian in front of the WSGI application."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connections
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.server import Server as Granian

from standpipe.core.errors import UserError

from .backup import is_half_restored
from .checks import HALF_RESTORED, require_migrated

# Threads that run Django in each worker. Few: SQLite writes one at a time anyway, and sessions are short.
BLOCKING_THREADS = 4
MOST_WORKERS = 4  # unless told: each costs some 100 MB, and more of them wait for one another on SQLite
NOTICES_EVERY_SECONDS = 60


def run(*, host: str, port: int, workers: int | None, tls_cert: Path | None, tls_key: Path | None) -> int:
    """Serves until told to stop (Ctrl-C, SIGTERM); requests under way are finished. Needs a migrated database."""
    if bool(tls_cert) != bool(tls_key):
        raise UserError("Give --tls-cert and --tls-key together.", code="tls_half")
    for file in (tls_cert, tls_key):
        if file and not file.is_file():
            raise UserError(f"There is no file {file}.", code="tls_file_missing")
    if is_half_restored():
        raise UserError(HALF_RESTORED, code="half_restored")
    require_migrated()
    require_free_port(host, port)
    finishing, telling = _finish_imports(), _send_notices()
    print(f"Standpipe is at {settings.BASE_URL} (listening on {host}, port {port}). Ctrl-C stops it.", flush=True)
    Granian(
        "standpipe.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or default_workers(),
        blocking_threads=BLOCKING_THREADS,
        backpressure=256,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(keep_alive=True),
        websockets=False,
        respawn_failed_workers=True,
        ssl_cert=tls_cert,
        ssl_key=tls_key,
        # The Web Connector speaks what its .NET speaks: 1.2 on the Windows versions that QuickBooks still runs on.
        ssl_protocol_min=SSLProtocols.tls12,
    ).serve()
    if telling:
        telling.terminate()
        telling.wait()
    if finishing:
        finishing.wait()
    return 0


def default_workers() -> int:
    """One for each core, within reason: a process runs Python on one core at a time (decision 26)."""
    return min(MOST_WORKERS, os.cpu_count() or 1)


def _finish_imports() -> "subprocess.Popen[bytes] | None":
    """Imports that were interrupted in the middle go on beside the server, in a process of their own."""
    from standpipe.quickbooks.importing.finishing import unfinished

    is_needed = unfinished().exists()
    connections.close_all()  # the workers are forked from here
    return subprocess.Popen([sys.executable, "-m", "django", "finish_imports"]) if is_needed else None


def _send_notices() -> "subprocess.Popen[bytes] | None":
    """E-mails are sent by a process beside the server. It ends by itself if this one is killed."""
    if not settings.EMAIL_IS_SET_UP:
        return None
    options = [f"--every={NOTICES_EVERY_SECONDS}", f"--beside={os.getpid()}"]
    return subprocess.Popen([sys.executable, "-m", "django", "send_notices", *options])  # noqa: S603 - our own command


def require_free_port(host: str, port: int) -> None:
    """Raises ``UserError`` where another program listens: its answers must not be taken for ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(
                f"Port {port} cannot be used ({error.strerror}). Stop the other program, or name another --port.",
                code="port_taken",
            ) from None
