"""The JSON Schema of backpack.json, made from `ledger.py`: what an export promises and what an import accepts.

Published at /schemas/backpack-export-1.json and in docs. Unknown members are allowed and not read, so that a newer
Backpack may say more; what is known must be what it says.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import sqlalchemy as sa

from backpack.database import Instant
from backpack.leaving.ledger import on_top, parts_of
from backpack.leaving.rows import table_named
from backpack.leaving.shapes import PUBLIC_ID, SHA256, many, words
from backpack.leaving.treatments import File, Kept, Moved, Payload, Refers, Treatment
from backpack.leaving.writing import ALONE, FORMAT, VERSION, column_name

LARGEST: Final = 2**31 - 1


@cache
def schema() -> dict[str, Any]:
    """The schema, draft 2020-12."""
    properties: dict[str, Any] = {"format": {"const": FORMAT}, "version": {"const": VERSION}}
    for kept in on_top():
        if kept.is_record:
            continue
        one = _row(kept)
        properties[kept.name] = {"anyOf": [one, {"type": "null"}]} if kept.name in ALONE else many(one)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Backpack export",
        "description": "What somebody had in their Backpack. Files are named by their SHA-256; manifest.json says "
        "where in the ZIP each is. Rows refer to each other by `id`.",
        "type": "object",
        "required": ["format", "version"],
        "properties": properties,
    }


def _row(kept: Kept) -> dict[str, Any]:
    properties = {
        column_name(kept.table, column): _column(kept.table, column, treatment)
        for column, treatment in kept.columns.items()
        if isinstance(treatment, (Moved, Refers, File, Payload))
    }
    for part in parts_of(kept.table):
        if not part.is_record:
            properties[part.name] = many(_row(part))
    required = [name for name in ("id", "file", "payload") if name in properties]
    return {"type": "object", "required": required, "properties": properties}


def _column(table: str, column: str, treatment: Treatment) -> dict[str, Any]:
    own = table_named(table).c[column]
    if column == "public_id":
        return PUBLIC_ID
    if isinstance(treatment, (File, Payload)):
        return {"anyOf": [SHA256, {"type": "null"}]} if own.nullable else SHA256
    if isinstance(treatment, Refers):
        return {"anyOf": [PUBLIC_ID, {"type": "null"}]} if own.nullable else PUBLIC_ID
    assert isinstance(treatment, Moved)  # noqa: S101 - the caller's filter
    kind = _kind(own.type, treatment)
    return {"anyOf": [kind, {"type": "null"}]} if own.nullable else kind


def _kind(type_: sa.types.TypeEngine[Any], moved: Moved) -> dict[str, Any]:
    if moved.shape is not None:
        return dict(moved.shape)
    if moved.one_of:
        return {"enum": list(moved.one_of)}
    if moved.is_address:
        return {"type": "string", "maxLength": moved.most, "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^\\s]+$"}
    if isinstance(type_, Instant):
        return {"type": "string", "format": "date-time"}
    if isinstance(type_, sa.Date):
        return {"type": "string", "format": "date"}
    if isinstance(type_, sa.Boolean):
        return {"type": "boolean"}
    if isinstance(type_, sa.JSON):
        return {"type": "array", "maxItems": 50, "items": {"type": "string", "maxLength": moved.most}}
    if isinstance(type_, sa.Integer):
        return {"type": "integer", "minimum": 0, "maximum": LARGEST}
    return words(moved.most)
