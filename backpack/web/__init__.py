"""What every page needs: security headers, languages, error pages, template filters, rate limits."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Give the application what every page needs."""
