"""Every column has a fate: nobody can add one silently."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from backpack.leaving.datamap import data_map
from backpack.leaving.ledger import KEPT, NOBODYS
from backpack.leaving.purposes import BY_KEY, PURPOSES
from backpack.leaving.register import PAGES, register
from backpack.leaving.schema import schema
from backpack.leaving.trail import SENTENCES
from backpack.leaving.treatments import File, Left, Refers
from backpack.tables import metadata

ROOT = Path(__file__).resolve().parents[2]
WHAT_TO_DO = """
backpack/leaving/ledger.py must say what becomes of it when its owner leaves: Moved() if an import may take it back,
Shown() if an import works it out again, Told() if it is for the record only, File() for a key of the storage,
Refers("table") for another row of the same person, Left("why") if it is in no file.
A new table also needs a line of the data map (backpack/leaving/purposes.py) and its French. Then run
`python -m backpack.leaving` to write docs/data-map.md and the schema again.
"""


def declared() -> dict[str, set[str]]:
    return {one.table: set(one.columns) for one in (*KEPT, *NOBODYS)}


def test_every_table_and_every_column_is_declared() -> None:
    there = {name: set(table.columns.keys()) for name, table in metadata().tables.items()}
    missing = {name: sorted(columns - declared().get(name, set())) for name, columns in there.items()}
    assert not any(missing.values()), f"not declared: { {k: v for k, v in missing.items() if v} }{WHAT_TO_DO}"
    gone = {name: sorted(columns - there.get(name, set())) for name, columns in declared().items()}
    assert not any(gone.values()), f"declared, but no longer there: { {k: v for k, v in gone.items() if v} }"


def test_no_table_is_declared_twice() -> None:
    assert len(declared()) == len(KEPT) + len(NOBODYS)


@pytest.mark.parametrize("kept", KEPT, ids=lambda one: one.table)
def test_what_leads_to_a_person_does(kept: object) -> None:
    """By foreign keys that take the row along when the person goes."""
    one = next(one for one in KEPT if one is kept)
    if one.table == "person":
        return
    column = metadata().tables[one.table].c[one.whose]
    [key] = column.foreign_keys
    assert key.column.table.name == (one.within or "person")
    assert key.ondelete == "CASCADE", "the row must go with its owner"


def test_references_are_references_and_keys_are_keys() -> None:
    for one in KEPT:
        table = metadata().tables[one.table]
        for name, treatment in one.columns.items():
            if isinstance(treatment, Refers):
                assert {key.column.table.name for key in table.c[name].foreign_keys} == {treatment.table}
            if name in {"storage_key", "clean_key", "picture"}:
                assert isinstance(treatment, (File, Left)), f"{one.table}.{name} names bytes"


def test_what_is_left_out_has_a_reason_in_words() -> None:
    reasons = [t.why for one in KEPT for t in one.columns.values() if isinstance(t, Left)]
    assert all(len(reason.split()) > 3 for reason in reasons)


def test_every_table_has_its_line_in_the_data_map() -> None:
    assert {one.purpose for one in (*KEPT, *NOBODYS)} == set(BY_KEY)


def test_the_data_map_and_the_schema_of_the_manual_are_those_of_the_code() -> None:
    hint = "run `python -m backpack.leaving`"
    assert (ROOT / "docs" / "data-map.md").read_text("utf-8") == data_map(), hint
    assert json.loads((ROOT / "docs" / "backpack-export-1.schema.json").read_text("utf-8")) == schema(), hint


@pytest.mark.parametrize("language", PAGES)
def test_the_register_says_what_the_privacy_page_says(language: str) -> None:
    written = (ROOT / "docs" / PAGES[language]).read_text("utf-8")
    assert written == register(language), "run `python -m backpack.leaving`"
    assert (PURPOSES[0].what in written) == (language == "en")


def test_the_schema_is_one() -> None:
    jsonschema_rs.meta.validate(schema())


def test_every_code_of_the_trail_has_a_sentence() -> None:
    """The codes stand where `note` is called; the journal page must know them all."""
    call = re.compile(r"\bnote\(\s*session,\s*[\w.]+,\s*\"([\w.-]+)\"")
    used = {code for path in (ROOT / "backpack").rglob("*.py") for code in call.findall(path.read_text("utf-8"))}
    assert used, "no call was found: has `note` another name now?"
    assert used <= set(SENTENCES), "add a sentence to backpack/leaving/trail.py"
