"""A stand-in for the part of GitLab's API that has the comments of a merge request."""

import json
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scangate.model import Value


class Asked(Value, frozen=True):
    """A request: its method and path, the token, and the comment that it brought."""

    what: str
    token: str
    body: str


class Notes(ThreadingHTTPServer):
    """Serves comments, one a page, and remembers what it was asked."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.asked: list[Asked] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """What is CI_API_V4_URL."""
        return f"http://127.0.0.1:{self.server_address[1]}/api/v4"

    def page(self, number: int) -> tuple[str, str]:
        """Return a page, and the number of the next one where there is one."""
        notes = [{"id": place, "body": body} for place, body in enumerate(self.bodies, start=1)]
        following = str(number + 1) if number < len(notes) else ""
        return json.dumps(notes[number - 1 : number]), following


class _Handler(BaseHTTPRequestHandler):
    server: Notes

    def do_GET(self) -> None:
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        self._answer(*self.server.page(int(query["page"][0])))

    def do_POST(self) -> None:
        self._answer("{}", "")

    def do_PUT(self) -> None:
        self._answer("{}", "")

    def _answer(self, text: str, following: str) -> None:
        form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = Asked(
            what=f"{self.command} {urllib.parse.urlsplit(self.path).path}",
            token=self.headers.get("PRIVATE-TOKEN", ""),
            body=urllib.parse.parse_qs(form).get("body", [""])[0],
        )
        self.server.asked.append(asked)
        self.send_response(200)
        self.send_header("X-Next-Page", following)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base class's
        """Say nothing."""
