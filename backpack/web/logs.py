"""The log: one line per request and per failure, as JSON or as text. Facts about us, nothing about people.

A line names the *rule* of an address (`/s/<token>`), never the address: tokens, names and queries stay out of it.
So do bodies, mail addresses, cookies and network addresses.
"""

from __future__ import annotations

import sys
import time
import traceback
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request
from sqlalchemy.exc import SQLAlchemyError

from backpack.settings import Settings


def set_up(settings: Settings) -> None:
    """Configure the log of this process: LOG_FORMAT is json, or text for people."""
    json = settings.log_format == "json"
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(ensure_ascii=True) if json else structlog.dev.ConsoleRenderer(colors=False),
    ]
    structlog.configure(
        processors=processors,
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def init_app(app: Flask, settings: Settings) -> None:
    set_up(settings)

    @app.before_request
    def start_watch() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def write_line(response: Response) -> Response:
        if request.endpoint != "web.static_file":
            took = (time.perf_counter() - g.started) * 1000 if "started" in g else 0.0
            structlog.get_logger().info("request", status=response.status_code, ms=round(took, 1), **_request())
        return response


def _request() -> dict[str, str]:
    if not has_request_context():
        return {}
    rule = request.url_rule.rule if request.url_rule else "(nowhere)"
    return {"method": request.method, "rule": rule, "id": g.get("request_id", "")}


def log_failure(error: BaseException) -> None:
    """Write down a defect: its kind and where it happened. Its message too, unless that may quote what people wrote."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    message = "" if isinstance(error, SQLAlchemyError | UnicodeError | ValueError) else str(error)[:500]
    structlog.get_logger().error("failure", kind=type(error).__name__, message=message, at=frames, **_request())
