"""The application with a door that leads every name to one server on loopback: for benchmarks with a real server and
a real worker. The rules of the door stay as they are; only its resolver and its connector are others.

`tests.living_site:app` is for the server; `python -m tests.living_site` is a worker.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

from flask import Flask

from backpack import create_app, jobs
from backpack.archive import refreshing
from backpack.outbound import Outbound
from backpack.settings import load
from backpack.wiring import wired
from tests.loopback import PUBLIC, Connector, Resolver

ISSUERS = "ISSUERS_PORT"


def made(port: int) -> Flask:
    """The application of this process's settings, with the issuers at this port of loopback."""
    settings = load()
    door = Outbound(settings.public_url, resolver=Resolver([PUBLIC]), connector=Connector(port))
    return create_app(settings, door)


def work() -> None:
    """A worker, until it is told to stop."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    with made(int(os.environ[ISSUERS])).app_context():
        jobs.work(wired().handlers, stopping, patient=[refreshing.REFRESH])


if ISSUERS in os.environ:
    if __name__ == "__main__":
        work()
    else:
        app = made(int(os.environ[ISSUERS]))
