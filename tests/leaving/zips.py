"""What is in a ZIP, and a worker that works when told to."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from backpack.jobs import run_pending
from backpack.wiring import wired


def work() -> int:
    """Do what is due now."""
    return run_pending(wired().handlers)


def members(box: bytes) -> dict[str, bytes]:
    """What is in a ZIP, by path."""
    with zipfile.ZipFile(io.BytesIO(box)) as opened:
        assert opened.testzip() is None
        return {one.filename: opened.read(one) for one in opened.infolist()}


def json_in(box: bytes, name: str) -> Any:
    return json.loads(members(box)[name])
