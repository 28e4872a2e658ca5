"""Shows a published statement in a browser on this machine: its page, its JSON, its verification file; nothing else."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated

import typer

from almoner.cli.main import Exit, app, out, refuse
from almoner.values.language import _

HOST = "127.0.0.1"
PAGES = {
    "/": ("statement.html", "text/html; charset=utf-8"),
    "/statement.html": ("statement.html", "text/html; charset=utf-8"),
    "/statement.zh-hans.html": ("statement.zh-hans.html", "text/html; charset=utf-8"),
    "/statement.json": ("statement.json", "application/json"),
    "/verification.zip": ("verification.zip", "application/zip"),
}
"""Everything that is shown. A path that is not here does not exist."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of one published statement, for this machine alone."""

    class Handler(BaseHTTPRequestHandler):
        """Answers what is in `PAGES`, to who asks for this machine by name."""

        def do_GET(self) -> None:  # the name is the protocol's
            """Answer a request."""
            allowed = {f"{host}:{self.connection.getsockname()[1]}" for host in (HOST, "localhost")}
            page = PAGES.get(self.path)
            if self.headers.get("Host") not in allowed or page is None or not (folder / page[0]).is_file():
                # A page of elsewhere that resolves to this machine is refused like a page that does not exist.
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            body = (folder / page[0]).read_bytes()
            self.send_response(HTTPStatus.OK)
            for name, value in {**HEADERS, "Content-Type": page[1], "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
            """Say nothing: the terminal belongs to the command."""

    return ThreadingHTTPServer((HOST, port), Handler)


def serve(folder: Path, port: int) -> None:
    """Show a statement until the command is interrupted; on a free port where `port` is 0.

    Raises:
        typer.Exit: the port is taken.
    """
    try:
        with server(folder, port) as serving:
            out.print(
                _("The yearly account is at http://{host}:{port}/ (Ctrl+C ends).").format(
                    host=HOST, port=serving.server_address[1]
                ),
                highlight=False,
                soft_wrap=True,
            )
            serving.serve_forever()
    except KeyboardInterrupt:
        return
    except OSError as error:
        raise refuse(
            _("Port {port} cannot be used: {reason}").format(port=port, reason=error.strerror)
        ) from None


@app.command("show")
def show_command(
    folder: Annotated[Path, typer.Argument(help="The folder that 'almoner statement' wrote.")],
    *,
    port: Annotated[int, typer.Option(help="The port on this machine; 0 takes a free one.")] = 8000,
) -> None:
    """Show a published statement in a browser on this machine."""
    if not (folder / PAGES["/"][0]).is_file():
        raise refuse(_("There is no statement in {path}.").format(path=folder), Exit.USAGE)
    serve(folder, port)
