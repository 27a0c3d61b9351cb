"""Serves the screens of one company file until somebody ends it."""

import signal
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from qbsim.company import Company
from qbsim.screens.app import Screens


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Say nothing: what people look at is nobody's business."""


def serve(path: Path, *, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. Port 0 takes any free one; the address is said."""
    with Company.open(path) as company:
        hosts = {host, "localhost", "127.0.0.1", "[::1]"}
        with (
            closing(Screens(company, hosts=hosts)) as screens,
            make_server(host, port, screens, _Server, _Quiet) as server,
        ):
            say(f"{company.name}: http://{'localhost' if host == '127.0.0.1' else host}:{server.server_port}/")
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, lambda *_: threading.Thread(target=server.shutdown).start())
            server.serve_forever(poll_interval=0.1)
