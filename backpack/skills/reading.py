"""From a file to a framework: ESCO's own CSV, a simple CSV (code, label, url), or 1EdTech CASE as JSON.

Pure: bytes in, a frame out. What cannot be read is refused in a sentence that names the line or the field.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backpack.badges.naming import is_web_address, one_line
from backpack.errors import N_, BackpackError

BYTES_MOST: Final = 64 * 1024 * 1024
SKILLS_MOST: Final = 50_000
LABEL_MOST: Final = 500
LANGUAGES: Final = ("fr", "en")
SIMPLE: Final = {
    "code": ("code", "id", "identifier", "notation"),
    "label": ("label", "name", "title", "intitule", "intitulé", "libelle", "libellé", "nom"),
    "url": ("url", "uri", "address", "adresse", "lien"),
    "domain": ("domain", "domaine", "group", "groupe", "bloc", "block"),
}


class NotAFrame(BackpackError):
    code = "not-a-framework"
    sentence = N_(
        "This file is no framework of skills that we can read. Line %(line)s: %(what)s "
        "Give a CSV with the columns code, label and url, ESCO’s skills CSV, or a CASE package as JSON."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One skill as the file says it. `labels`: language to name."""

    code: str = ""
    url: str = ""
    labels: Mapping[str, str]
    domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A framework as the file says it. `name` is empty where the file gives none."""

    name: str = ""
    source: str
    entries: tuple[Entry, ...] = field(default=())


def read_frame(data: bytes, language: str = "fr") -> Frame:
    """The framework in these bytes; `language` is that of labels whose column or file names none. Raises NotAFrame."""
    if len(data) > BYTES_MOST:
        raise NotAFrame(what=N_("it is larger than 64 MB."), line=1)
    text = _text(data)
    frame = _case(text, language) if text.lstrip()[:1] in {"{", "["} else _table(text, language)
    if not frame.entries:
        raise NotAFrame(what=N_("there is no skill in it."), line=1)
    if len(frame.entries) > SKILLS_MOST:
        raise NotAFrame(what=N_("it has more than 50,000 skills."), line=SKILLS_MOST)
    return frame


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")  # what a French spreadsheet saves
    if "\0" in text:
        raise NotAFrame(what=N_("it is not text."), line=1)
    return text


def _table(text: str, language: str) -> Frame:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
        rows = enumerate(reader, start=2)
        if "concepturi" in columns and "preferredlabel" in columns:
            return Frame(source="esco", entries=tuple(_esco(rows, columns, language)))
        return Frame(source="csv", entries=tuple(_simple(rows, columns, language)))
    except csv.Error as error:
        raise NotAFrame(
            what=N_("a quotation mark is not closed, or a field is too long."), line=reader.line_num
        ) from error


Rows = Iterator[tuple[int, dict[str, Any]]]


def _esco(rows: Rows, columns: Mapping[str, str], language: str) -> Iterator[Entry]:
    """ESCO's skills_fr.csv and its like: one row per concept, its address and its preferred label."""
    for number, row in rows:
        url, label = _line(row.get(columns["concepturi"])), _line(row.get(columns["preferredlabel"]))
        if _line(row.get(columns.get("status", ""))) == "obsolete":
            continue
        if not is_web_address(url) or not label:
            raise NotAFrame(what=N_("no conceptUri, or no preferredLabel."), line=number)
        yield Entry(url=url, labels={language: label})


def _simple(rows: Rows, columns: Mapping[str, str], language: str) -> Iterator[Entry]:
    """A column for the label, or one per language (label_fr, label_en); code, url and domain where there are any."""
    named = {part: next((columns[one] for one in names if one in columns), None) for part, names in SIMPLE.items()}
    labels = {one: columns[f"label_{one}"] for one in LANGUAGES if f"label_{one}" in columns}
    if named["label"] and language not in labels:
        labels[language] = named["label"]
    if not labels:
        raise NotAFrame(what=N_("no column is called “label”."), line=1)
    for number, row in rows:
        said = {one: _line(row.get(column)) for one, column in labels.items()}
        code, url, domain = (_line(row.get(named[part] or "")) for part in ("code", "url", "domain"))
        if not any(said.values()) and not code and not url:
            continue
        if not any(said.values()):
            raise NotAFrame(what=N_("no label."), line=number)
        if url and not is_web_address(url):
            raise NotAFrame(what=N_("an address that does not begin with https://."), line=number)
        yield Entry(code=code, url=url, domain=domain, labels={one: words for one, words in said.items() if words})


def _case(text: str, language: str) -> Frame:
    """A CFPackage: its items, under the heading of the item they are a child of."""
    try:
        package = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAFrame(what=N_("it begins like JSON and is not."), line=1) from error
    items = package.get("CFItems") if isinstance(package, dict) else None
    if not isinstance(items, list):
        raise NotAFrame(what=N_("it is JSON without “CFItems”."), line=1)
    document = package.get("CFDocument")
    title = _line(document.get("title")) if isinstance(document, dict) else ""
    spoken = _line(document.get("language")) if isinstance(document, dict) else ""
    known = {_line(item.get("identifier")): item for item in items if isinstance(item, dict)}
    parents = dict(_parents(package.get("CFAssociations")))
    entries = tuple(_item(item, known, parents, spoken or language) for item in known.values())
    return Frame(name=title, source="case", entries=tuple(one for one in entries if one))


def _item(item: Mapping[str, Any], known: Mapping[str, Any], parents: Mapping[str, str], language: str) -> Entry | None:
    label = _line(item.get("fullStatement")) or _line(item.get("abbreviatedStatement"))
    if not label:
        return None
    url = _line(item.get("uri"))
    parent = known.get(parents.get(_line(item.get("identifier")), ""))
    spoken = (_line(item.get("language")) or language).lower().partition("-")[0]
    return Entry(
        code=_line(item.get("humanCodingScheme")),
        url=url if is_web_address(url) else "",
        labels={spoken: label},
        domain=_line(parent.get("fullStatement")) if parent else "",
    )


def _parents(said: object) -> Iterator[tuple[str, str]]:
    for one in said if isinstance(said, list) else ():
        if isinstance(one, dict) and one.get("associationType") == "isChildOf":
            ends = [one.get(end) for end in ("originNodeURI", "destinationNodeURI")]
            child, parent = (_line(end.get("identifier")) if isinstance(end, dict) else "" for end in ends)
            if child and parent:
                yield child, parent


def _line(value: object) -> str:
    return one_line(value)[:LABEL_MOST] if isinstance(value, str) else ""
