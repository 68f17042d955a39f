"""Find a Chromium for the tests, and install one where there is none.

``python tests/browser.py`` is the install step of ``make test``.
The order: the variable ``NKREVIEW_CHROMIUM``, a Chromium or Chrome on the PATH,
one that Playwright downloaded before, then a new download by Playwright, and last
the Debian package (as root only).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Chromium calls home at every start unless it is told not to;
# without --no-sandbox it does not start as root, as in most containers.
ARGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

REMEDY = (
    "No Chromium was found and none could be installed. "
    "Install Chromium or Chrome with the system's package manager, "
    "or set NKREVIEW_CHROMIUM to the path of one."
)


class NoBrowserError(RuntimeError):
    """No Chromium that starts; the message says what to do."""


def chromium_path() -> str:
    """Return the path of a Chromium that starts, without installing anything."""
    named = os.environ.get("NKREVIEW_CHROMIUM")
    if named:
        if not starts(named):
            raise NoBrowserError(f"NKREVIEW_CHROMIUM={named} is not a browser that starts.")
        return named
    for find in (*(partial(shutil.which, name) for name in NAMES), playwright_path):
        path = find()
        if path and starts(path):
            return path
    raise NoBrowserError(REMEDY)


def starts(path: str) -> bool:
    """Tell whether the program answers; a download that lacks system libraries does not."""
    try:
        run = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def playwright_path() -> str | None:
    """Return the path of the Chromium that Playwright has downloaded, if it has."""
    # In a process of its own, because Playwright runs only once at a time in each.
    ask = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    path = run.stdout.strip()
    return path if Path(path).exists() else None


def launch_options() -> dict:
    """Return the arguments for ``playwright.chromium.launch``."""
    return {"executable_path": chromium_path(), "args": ARGS, "headless": True}


def node_path() -> str:
    """Return the path of the Node.js that Playwright brings along."""
    return str(compute_driver_executable()[0])


def install() -> str:
    """Return the path of a Chromium, installing one if need be."""
    try:
        return chromium_path()
    except NoBrowserError:
        if os.environ.get("NKREVIEW_CHROMIUM"):
            raise
    for attempt in (install_with_playwright, install_with_apt):
        attempt()
        try:
            return chromium_path()
        except NoBrowserError:
            continue
    raise NoBrowserError(REMEDY)


def install_with_playwright() -> None:
    """Let Playwright download its Chromium; where it cannot, the next way is tried."""
    print("No Chromium found: downloading one with Playwright.", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def install_with_apt() -> None:
    """Install Debian's Chromium, where we are root on a system with apt."""
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        return
    print("Installing the system's package chromium.", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run([apt, "-qq", *command], env=quiet, stdin=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    try:
        print("Browser for the tests:", install())
    except NoBrowserError as error:
        sys.exit(str(error))
