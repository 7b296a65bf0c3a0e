"""Journeys of people, in Chromium, against the very command that `make run` gives."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.conftest import missing
from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, slots=True)
class Site:
    """A running Backpack: its address, its folder, and its commands."""

    url: str
    data: Path
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """Run `backpack WORDS` beside the running server; what it printed. Raises when it failed."""
        done = subprocess.run(
            [sys.executable, "-m", "backpack.cli", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium, which asks nobody anything."""
    found = shutil.which("chromium")
    if not found:
        missing("Chromium", "chromium")
    return {"executable_path": found, "args": list(QUIET), "headless": True}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    return {"locale": "fr-FR", "timezone_id": "Europe/Paris", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Backpack with its living example, started as `make run` does, ended by its process id."""
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@contextmanager
def running_site(data: Path, **settings: str) -> Iterator[Site]:
    """The same with settings of one's own, in the folder `data`."""
    data.mkdir(exist_ok=True)
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DATABASE_URL"}},
        "DATA_DIR": str(data),
        "DEMO": "1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "LOG_FORMAT": "text",
        **settings,
    }
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "backpack.cli", "start"], env=environment, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            wait_for(f"http://localhost:{port}/healthz", process, data / "log")
            yield Site(url=f"http://localhost:{port}", data=data, environment=environment)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the address answers; fails with the log's end when the process ended or a minute is over."""
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    pytest.fail(log.read_text("utf-8", errors="replace")[-3000:])
