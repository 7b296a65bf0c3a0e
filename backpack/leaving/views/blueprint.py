"""The blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("leaving", __name__)
