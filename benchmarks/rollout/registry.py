"""A registry that has nothing: `python registry.py PORT`; it knows no image, and `denied/…` it does not even show.

Runs in the network of a real node, with nothing but the standard library.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Nothing(BaseHTTPRequestHandler):
    """Answers as the distribution protocol has it."""

    def do_GET(self) -> None:
        """Every image is unknown or forbidden."""
        if self.path == "/v2/":
            self._answer(200, "{}")
        elif "/denied/" in self.path:
            self._answer(403, '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}')
        else:
            self._answer(404, '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}')

    do_HEAD = do_GET  # noqa: N815 - the name is the standard library's

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body.encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Nothing).serve_forever()
