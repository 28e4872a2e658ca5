"""The browser for tests of pages: the system's Chromium, installed with apt where there is none and that is allowed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ("chromium", "google-chrome", "chromium-browser")
"""What a system may call it, in the order in which it is looked for."""

SWITCHES = (
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""With these it is quiet: whatever it asks for, the page asked for."""

MINUTES = 10
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""What axe-core calls the levels A and AA."""


class ChromiumMissing(Exception):
    """There is no Chromium and none can be installed from here; it says what to do."""


def chromium() -> str:
    """The path of a Chromium, installed first where the system has none.

    Raises:
        ChromiumMissing: it is not there, and apt is not there, not allowed, or failed.
    """
    with _one_at_a_time():
        return _found() or _installed()


def _found() -> str:
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def _installed() -> str:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise ChromiumMissing("none of " + ", ".join(NAMES) + " is on the path; install one of them.")
    apt = ("apt-get", "--quiet", "--option", "DPkg::Lock::Timeout=300")
    for order in (("update",), ("install", "--yes", "--no-install-recommends", "chromium")):
        try:
            done = subprocess.run(
                [*apt, *order],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                capture_output=True,
                text=True,
                timeout=MINUTES * 60,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ChromiumMissing(f"apt-get {order[0]} took over {MINUTES} minutes; install it.") from None
        if done.returncode and order[0] == "install":
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise ChromiumMissing(f"apt-get install chromium failed ({last}); install it.")
    if path := _found():
        return path
    raise ChromiumMissing("apt-get install chromium brought none of " + ", ".join(NAMES) + "; install one.")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two workers of one test run must not install at the same time: the second finds what the first installed."""
    path = Path(tempfile.gettempdir()) / f"almoner-chromium-{os.geteuid()}.lock"
    with path.open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def violations(page: Page) -> list[tuple[str, str]]:
    """What on a page shuts people out, by WCAG A and AA: the rule's name and the first place."""
    found = Axe().run(page, options={"runOnly": list(WCAG)}).response
    assert found["passes"], "axe-core looked at nothing"
    return [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]


def pushed_out(page: Page) -> list[str]:
    """What stands beyond the right edge of a page, so that it has to be pushed sideways."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll('body *')]
        .filter(each => each.getBoundingClientRect().right > innerWidth + 0.5).map(each => each.outerHTML)"""
    )
    whole = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{whole} pixels"] if whole > 0 else [])]
