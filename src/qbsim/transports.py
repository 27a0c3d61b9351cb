"""Joins the Web Connector with a service inside one process: no socket, no server, no port.

The calls are the same bytes that would go over HTTP; only the way there is shorter.
"""

import asyncio
import io
import traceback
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from typing import Any, Self
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

_Answer = tuple[str, Iterable[tuple[str, str]], bytes]  # status line, headers, body


class Half:
    """A body that breaks off in its middle, although its whole length was announced."""

    def __init__(self, whole: bytes) -> None:
        self.whole = whole
        self._is_read = False

    def __len__(self) -> int:
        return len(self.whole)

    def __iter__(self) -> Iterator[bytes]:
        yield self.read()

    def read(self, size: int = -1) -> bytes:
        """Return the first half; the next time, the connection is gone."""
        del size
        if self._is_read:
            raise ConnectionResetError("the connection was cut")
        self._is_read = True
        return self.whole[: len(self.whole) // 2]


class ServiceRaised(Exception):
    """The application itself raised: `__cause__` is what. A server would have answered 500."""


class _Joined(BaseAdapter, ABC):
    """A service in this process. Its exceptions reach the test, unless `raises` is off: then they are an HTTP 500."""

    def __init__(self, *, raises: bool) -> None:
        super().__init__()
        self.raises = raises
        self.calls = 0

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.calls += 1
        try:
            status, headers, body = self._ask(request)
        except Exception as error:
            if self.raises:
                raise ServiceRaised from error
            status, headers, body = "500", [("Content-Type", "text/plain")], traceback.format_exc().encode()
        response = requests.Response()
        response.request = request
        response.url = request.url or ""
        response.status_code = int(status.partition(" ")[0])
        response.reason = status.partition(" ")[2]
        response.headers = CaseInsensitiveDict(headers)
        response.raw = io.BytesIO(body)
        return response

    @abstractmethod
    def _ask(self, request: requests.PreparedRequest) -> "_Answer":
        """Carry one request to the application."""

    def close(self) -> None:
        """Nothing is open: a session closes its transports after each update."""


class WsgiTransport(_Joined):
    """Carries calls to a WSGI application in memory, for http and https addresses alike: no socket."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, raises: bool = True) -> None:
        super().__init__(raises=raises)
        self.application = application

    def _ask(self, request: requests.PreparedRequest) -> "_Answer":
        started: dict[str, Any] = {}
        written: list[bytes] = []  # by the old write callable, which comes before what is returned (PEP 3333)

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., None]:
            del exc_info  # nothing has been sent yet, so an error page may take the answer's place
            started.update(status=status, headers=headers)
            return written.append

        chunks = self.application(_environ(request), start_response)
        try:
            returned = b"".join(chunks)
            body = b"".join(written) + returned
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        if not started:
            raise RuntimeError("The application never called start_response.")
        return started["status"], started["headers"], body


Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
AsgiApplication = Callable[[Scope, Callable[[], Awaitable[Event]], "_Send"], Awaitable[None]]
_Send = Callable[[Event], Awaitable[None]]


class AsgiTransport(_Joined):
    """Carries calls to an ASGI application in memory, for http and https addresses alike.

    The application starts up (lifespan) with its first call and shuts down with `stop`, both on one event loop of
    its own. Calls block until they are answered, so make them from plain tests, not from inside a running loop.
    """

    def __init__(self, application: AsgiApplication, *, raises: bool = True) -> None:
        super().__init__(raises=raises)
        self.application = application
        self._runner = asyncio.Runner()
        self._lifespan: _Lifespan | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _ask(self, request: requests.PreparedRequest) -> "_Answer":
        if self._lifespan is None:
            self._lifespan = _Lifespan(self.application)
            self._runner.run(self._lifespan.start())
        return self._runner.run(_ask(self.application, request))

    def stop(self) -> None:
        """Shut the application down. No call can follow."""
        if self._lifespan is not None:
            self._runner.run(self._lifespan.stop())
        self._runner.close()


class _Lifespan:
    """Start and end of an application, as the ASGI specification (lifespan 2.0) has them."""

    def __init__(self, application: AsgiApplication) -> None:
        self._application = application
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._to_it: asyncio.Queue[Event] = asyncio.Queue()
        self._from_it: asyncio.Queue[Event] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())
        await self._say("lifespan.startup")

    async def stop(self) -> None:
        await self._say("lifespan.shutdown")

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        await self._application(scope, self._to_it.get, self._from_it.put)

    async def _say(self, kind: str) -> None:
        """Say it and wait for the answer. An application that raises knows no lifespan: that is allowed."""
        assert self._task is not None  # noqa: S101 -- `start` made it
        if self._task.done():
            return
        await self._to_it.put({"type": kind})
        answered = asyncio.create_task(self._from_it.get())
        await asyncio.wait({answered, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answered.done():
            answered.cancel()
            self._task.exception()
            return
        event = answered.result()
        if str(event["type"]).endswith(".failed"):
            raise RuntimeError(f"The application did not start: {event.get('message', '')}")


async def _ask(application: AsgiApplication, request: requests.PreparedRequest) -> "_Answer":
    """Make one HTTP request of an ASGI application: status, headers, body."""
    parts = urlsplit(request.url or "")
    path = unquote_to_bytes(parts.path or "/")
    headers = {"Host": parts.netloc, **request.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": path.decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": parts.query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), _bytes(value)) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname, _port(parts.port, scheme=parts.scheme)),
        "state": {},
    }
    is_cut = isinstance(request.body, Half)
    events = iter([{"type": "http.request", "body": _sent(request), "more_body": is_cut}])
    started: dict[str, Any] = {}
    body = io.BytesIO()
    complete = asyncio.Event()

    async def receive() -> Event:
        event = next(events, None)
        if event is None and not is_cut:
            await complete.wait()  # the client stays until it has the whole answer
        return event or {"type": "http.disconnect"}

    async def send(event: Event) -> None:
        if event["type"] == "http.response.start":
            started.update(event)
        elif event["type"] == "http.response.body":
            body.write(event.get("body", b""))
            if not event.get("more_body"):
                complete.set()

    await application(scope, receive, send)
    if not started:
        raise RuntimeError("The application never began an answer.")
    named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in started.get("headers", ())]
    return str(started["status"]), named, body.getvalue()


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else bytes(text)


def _sent(request: requests.PreparedRequest) -> bytes:
    """Return as much of a request's body as reaches the service."""
    body: Any = request.body or b""  # requests' stubs do not know of files
    return body.read() if isinstance(body, Half) else _bytes(body)


def _port(given: int | None, *, scheme: str) -> int:
    return given or (443 if scheme == "https" else 80)


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    data = _sent(request)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(_port(parts.port, scheme=parts.scheme)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": request.headers.get("Content-Length", "0"),
        "HTTP_HOST": parts.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    return environ
