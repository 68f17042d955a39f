"""Where the repository is, and the buttons that lead there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config


def repository_address(configured: str, folder: Path) -> str:
    """Return the repository's public address, or an empty text when nobody knows it.

    Parameters
    ----------
    configured : str
        ``repository.url`` of ``_config.yml``.
    folder : Path
        Where to ask git for the remote ``origin``.
    """
    if configured:
        return configured.rstrip("/")
    if slug := os.environ.get("GITHUB_REPOSITORY"):
        server = os.environ.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{slug}"
    asked = subprocess.run(
        ["git", "config", "--get", "remote.origin.url"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    remote = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", asked.stdout.strip())
    return remote.removesuffix(".git") if remote.startswith("https://") else ""


def show_buttons(app: Sphinx, config: Config) -> None:
    """Offer Binder, Colab and 'open an issue' only where they lead somewhere."""
    options = config.html_theme_options
    address = repository_address(options.get("repository_url", ""), Path(app.srcdir))
    options["repository_url"] = address
    on_github = address.startswith("https://github.com/")
    options["use_repository_button"] = bool(address)
    options["use_issues_button"] = on_github
    launchers = {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"}
    if on_github:
        launchers["colab_url"] = "https://colab.research.google.com"
    options["launch_buttons"] = launchers if address else {}
