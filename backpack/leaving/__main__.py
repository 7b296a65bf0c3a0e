"""`python -m backpack.leaving` writes what the manual repeats of the ledger: data map, register and schema."""

from __future__ import annotations

from pathlib import Path

from backpack.leaving.datamap import data_map
from backpack.leaving.register import PAGES, register
from backpack.leaving.schema import schema
from backpack.leaving.writing import text_of

DOCS = Path(__file__).resolve().parents[2] / "docs"

if __name__ == "__main__":
    (DOCS / "data-map.md").write_text(data_map(), "utf-8")
    for language, name in PAGES.items():
        (DOCS / name).write_text(register(language), "utf-8")
    (DOCS / "backpack-export-1.schema.json").write_bytes(text_of(schema()))
