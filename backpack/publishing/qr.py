"""An address as a QR code that a phone reads from paper."""

from __future__ import annotations

import io
from typing import Any

import segno

QUIET_ZONE = 4
"""Modules of white around it: readers need them, on dark pages too."""
LOOKS: dict[str, Any] = {"border": QUIET_ZONE, "dark": "#14262c", "light": "#ffffff"}


def qr_svg(address: str) -> bytes:
    """The address as an SVG, dark on white, error correction M."""
    return _drawn(address, kind="svg", scale=8, xmldecl=False, nl=False)


def qr_png(address: str) -> bytes:
    """The same as a PNG, large enough to be printed on a poster's corner."""
    return _drawn(address, kind="png", scale=16)


def _drawn(address: str, **how: Any) -> bytes:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, **LOOKS, **how)
    return out.getvalue()
