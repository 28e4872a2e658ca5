"""A published statement is shown on this machine alone, and nothing beside it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from almoner.cli.serving import PAGES, server


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A folder with a statement and a secret, shown on a free port."""
    for name, _kind in PAGES.values():
        (tmp_path / name).write_text(f"this is {name}", encoding="utf-8")
    (tmp_path / "secret.key").write_text("do not show", encoding="utf-8")
    serving = server(tmp_path, 0)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield int(serving.server_address[1])
    serving.shutdown()
    thread.join()
    serving.server_close()


def asked(port: int, path: str, host: str = "") -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{port}"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body, answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_the_statement_is_shown(port: int, path: str) -> None:
    status, body, headers = asked(port, path)
    assert (status, body) == (200, f"this is {PAGES[path][0]}")
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/secret.key", "/../secret.key", "/statement.htm", "/%2e%2e/secret.key", "/?a"]
)
def test_nothing_else_is_there(port: int, path: str) -> None:
    status, body, _headers = asked(port, path)
    assert (status, "do not show" in body) == (404, False)


def test_a_page_of_elsewhere_that_resolves_to_this_machine_is_refused(port: int) -> None:
    assert asked(port, "/", f"evil.example:{port}")[0] == 404
