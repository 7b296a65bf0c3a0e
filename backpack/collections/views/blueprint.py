"""What the pages of collections share: their blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("collections", __name__)
