"""A server for one machine: the page, what it shows, and word of what is new."""

import contextlib
import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from visualize.watching.news import News
from visualize.watching.page.shown import PICTURES, Shown

HERE = "127.0.0.1"
FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
"""What the page is made of: files beside this one."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""With every answer: nothing from elsewhere is loaded, and nobody elsewhere may load it."""
RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?|bytes=-(\d{1,15})")
PICTURE = re.compile(r"/file/(\d{1,9})/([^/]+)")
SCENE = re.compile(r"/scene/(\d{1,9})")
SECONDS_TO_END = 0.1
MOST_LISTENERS = 32
SIGN_OF_LIFE = 15.0
"""Seconds after which a listener is told that nothing is new: so it is known who has left."""


class Page:
    """The page of what is watched, at `url`, until it is closed."""

    def __init__(self, places: Sequence[Path]) -> None:
        self._shown = Shown(places)
        self._server = _Server((HERE, 0), _Answering)
        self._server.shown = self._shown
        self._server.hosts = {f"{name}:{self._server.server_port}" for name in (HERE, "localhost")}
        self.url = f"http://{HERE}:{self._server.server_port}/"
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(SECONDS_TO_END,), daemon=True).start()

    def take(self, news: News) -> None:
        """Show news."""
        self._shown.take(news)

    def open(self) -> None:
        """Let the user's browser show it, where there is a screen."""
        screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
        if sys.platform.startswith(("linux", "freebsd")) and not any(map(os.environ.get, screens)):
            return  # a browser for text would take the terminal
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(self.url,), daemon=True).start()

    def close(self) -> None:
        """End the server."""
        self._shown.end()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    shown: Shown
    hosts: set[str]
    """Under which names it may be asked: another site's name may lead here as well."""
    listeners = threading.BoundedSemaphore(MOST_LISTENERS)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep the traceback of a bug; that somebody has left is none."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 60

    def do_GET(self) -> None:
        """Answer."""
        if self.headers.get("Host") not in self.server.hosts:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return
        path = urlsplit(self.path).path
        if path in FILES:
            name, kind = FILES[path]
            self._send(Path(__file__).with_name(name).read_bytes(), kind)
        elif path == "/events":
            self._tell_events()
        elif path == "/state":
            self._send_json(self.server.shown.overview())
        elif match := SCENE.fullmatch(path):
            self._send_json(self.server.shown.scene(int(match[1])))
        elif match := PICTURE.fullmatch(path):
            # Never a path of somebody else's: one of those that are shown, or none.
            self._send_file(self.server.shown.picture(int(match[1]), unquote(match[2])))
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_HEAD(self) -> None:
        """Answer, without the content."""
        self.do_GET()

    def _send(self, content: bytes, kind: str) -> None:
        self._begin(HTTPStatus.OK, kind, len(content))
        if self.command != "HEAD":
            self.wfile.write(content)

    def _send_json(self, value: Any) -> None:
        if value is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            self._send(json.dumps(value).encode(), "application/json")

    def _send_file(self, path: Path | None) -> None:
        kind = None if path is None else PICTURES.get(path.suffix)
        try:
            if path is None or kind is None:
                raise FileNotFoundError
            opened = path.open("rb")
        except OSError:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        with opened:
            self._send_opened(opened, kind)

    def _send_opened(self, opened: BinaryIO, kind: str) -> None:
        """Send a file, or the part that is asked for: a player jumps to and fro in a film."""
        size = os.fstat(opened.fileno()).st_size
        part = _part(self.headers.get("Range"), size)
        if part is None:
            self._begin(HTTPStatus.OK, kind, size, {"Accept-Ranges": "bytes"})
            part = range(size)
        elif not part:
            self._refuse(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}"}
            )
            return
        else:
            of_all = {"Content-Range": f"bytes {part.start}-{part.stop - 1}/{size}"}
            self._begin(HTTPStatus.PARTIAL_CONTENT, kind, len(part), of_all)
        if self.command == "HEAD":
            return
        opened.seek(part.start)
        if len(part) == size:
            shutil.copyfileobj(opened, self.wfile)
        else:
            self.wfile.write(opened.read(len(part)))

    def _tell_events(self) -> None:
        """Tell of everything new while somebody listens (server-sent events)."""
        if not self.server.listeners.acquire(blocking=False):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        try:
            self.close_connection = True
            self._begin(HTTPStatus.OK, "text/event-stream", None)
            if self.command == "HEAD":
                return
            for event in self._events():
                self.wfile.write(event)
                self.wfile.flush()
        except OSError:
            pass  # nobody listens any more
        finally:
            self.server.listeners.release()

    def _events(self) -> Iterator[bytes]:
        yield b"retry: 1000\n\n"
        pulse = -1
        while (new := self.server.shown.wait(pulse, SIGN_OF_LIFE)) is not None:
            yield b":\n\n" if new["pulse"] == pulse else f"data: {json.dumps(new)}\n\n".encode()
            pulse = new["pulse"]

    def _begin(
        self, status: HTTPStatus, kind: str, length: int | None, more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        told = {"Content-Type": kind, **HEADERS, **(more or {})}
        told |= {"Connection": "close"} if length is None else {"Content-Length": str(length)}
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()

    def _refuse(self, status: HTTPStatus, more: dict[str, str] | None = None) -> None:
        content = f"{status.value} {status.phrase}\n".encode()
        self._begin(status, "text/plain; charset=utf-8", len(content), more)
        if self.command != "HEAD":
            with contextlib.suppress(OSError):
                self.wfile.write(content)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what cannot be understood."""
        del message, explain
        self.close_connection = True
        self._refuse(HTTPStatus(code))

    def version_string(self) -> str:
        """Return who answers."""
        return "visualize"

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal is for the scenes."""


def _part(asked: str | None, size: int) -> range | None:
    """Return which bytes are asked for: None means all, and an empty range that there are none."""
    match = RANGE.fullmatch(asked) if asked else None
    if match is None:
        return None
    first, last, from_end = match.groups()
    if from_end:
        return range(max(size - int(from_end), 0), size) if int(from_end) else range(0)
    end = size if last is None else min(int(last) + 1, size)
    return range(int(first), max(end, int(first))) if int(first) < size else range(0)
