"""An address as a QR code that a phone reads from paper."""

from __future__ import annotations

import io

import segno

QUIET_ZONE = 4
"""Modules of white around it: readers need them, on dark pages too."""


def qr_svg(address: str) -> bytes:
    """The address as an SVG, dark on white, error correction M."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=QUIET_ZONE, scale=8, dark="#14262c", light="#ffffff", xmldecl=False, nl=False
    )
    return out.getvalue()
