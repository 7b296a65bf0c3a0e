"""A person's rows as JSON: backpack.json (what moves to another site) and record.json (what this site did).

The same rows always give the same text, whatever their numbers are here: rows are ordered by what they say, and refer
to each other by public ids. So an export that is imported and exported again can be compared letter by letter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal

from backpack.leaving.ledger import BY_TABLE, on_top, parts_of
from backpack.leaving.rows import Rows
from backpack.leaving.treatments import File, Kept, Moved, Payload, Refers, Shown, Told, Treatment

FORMAT: Final = "backpack-export"
VERSION: Final = 1
Which = Literal["backpack", "record"]
ALONE: Final = frozenset({"person", "profile", "notice_choices"})
"""There is one row of these at most: an object, not a list."""


def backpack_json(rows: Rows) -> dict[str, Any]:
    """What an import reads again."""
    return {"format": FORMAT, "version": VERSION, **_all(rows, "backpack")}


def record_json(rows: Rows) -> dict[str, Any]:
    """What this site did and can vouch for; nothing reads it again."""
    return {"format": f"{FORMAT}-record", "version": VERSION, **_all(rows, "record")}


def text_of(value: Any) -> bytes:
    """JSON as it stands in the ZIP: keys in a fixed order, for people to read too."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def sha256_of(key: str) -> str:
    """The SHA-256 of the bytes behind a storage key: its end."""
    return key.rpartition("/")[2]


def _all(rows: Rows, which: Which) -> dict[str, Any]:
    names = {table: {row["id"]: row.get("public_id") for row in found} for table, found in rows.items()}
    made: dict[str, Any] = {}
    for kept in on_top():
        if not _speaks(kept, which):
            continue
        speaking = [row for row in rows[kept.table] if which == "record" or may_move(kept, row)]
        written = [_row(kept, row, rows, names, which) for row in speaking]
        if kept.name in ALONE:
            made[kept.name] = written[0] if written else None
        else:
            made[kept.name] = sorted(written, key=_order)
    return made


def may_move(kept: Kept, row: Mapping[str, Any]) -> bool:
    """Whether a row, or its entry in backpack.json, is one that another site may take."""
    return not kept.moves_once or bool(row.get(kept.moves_once))


def _row(
    kept: Kept, row: Mapping[str, Any], rows: Rows, names: Mapping[str, Mapping[int, Any]], which: Which
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if which == "record" and not kept.is_record and "public_id" in row:
        made["id"] = row["public_id"]  # whose record this is
    for column, treatment in kept.columns.items():
        if _belongs_in(kept, treatment, which):
            made[_name(column, treatment)] = _value(row[column], treatment, names)
    for part in parts_of(kept.table):
        if _speaks(part, which):
            inner = [_row(part, one, rows, names, which) for one in rows[part.table] if one[part.whose] == row["id"]]
            made[part.name] = sorted(inner, key=_order)
    return made


def _belongs_in(kept: Kept, treatment: Treatment, which: Which) -> bool:
    if isinstance(treatment, Told):
        return which == "record"
    if isinstance(treatment, (Refers, File, Payload)):
        return (which == "record") == kept.is_record
    return isinstance(treatment, (Moved, Shown)) and which == "backpack"


def _speaks(kept: Kept, which: Which) -> bool:
    """Whether anything of this table, or of what stands within it, is in this file."""
    own = any(_belongs_in(kept, treatment, which) for treatment in kept.columns.values())
    return own or any(_speaks(part, which) for part in parts_of(kept.table))


def _name(column: str, treatment: Treatment) -> str:
    if column == "public_id":
        return "id"
    if isinstance(treatment, Refers):
        return column.removesuffix("_id")
    return "file" if column == "storage_key" else column


def _value(value: Any, treatment: Treatment, names: Mapping[str, Mapping[int, Any]]) -> Any:
    if value is None:
        return None
    if isinstance(treatment, Refers):
        return names[treatment.table].get(value)
    if isinstance(treatment, File):
        return sha256_of(value)
    if isinstance(treatment, Payload):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _order(written: Mapping[str, Any]) -> tuple[int, str, str]:
    """By place, then by moment, then by what it says."""
    moment = next((written[name] for name in ("added_at", "created_at", "at") if name in written), "")
    return int(written.get("position") or 0), str(moment), json.dumps(written, sort_keys=True)


def column_name(table: str, column: str) -> str:
    """What a column is called in the files."""
    return _name(column, BY_TABLE[table].columns[column])
