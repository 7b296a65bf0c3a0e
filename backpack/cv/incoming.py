"""What a CV of somewhere else says: JSON Resume, or the ZIP in which LinkedIn gives people their data.

Reading only: nothing is unpacked to disk, nothing named in a file is opened, and what is too much is left out and
counted. A certificate without its badge is a line like any other: it proves nothing here.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from backpack.badges.naming import one_line
from backpack.cv.periods import typed_as
from backpack.errors import N_, BackpackError, TooLarge
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.strict_json import loads_object
from backpack.rendering.glyphs import is_control

MOST_ENTRIES: Final = 60
"""Lines of a CV."""
MOST_JSON: Final = 2_000_000
MOST_MEMBERS: Final = 5_000
MOST_TABLE: Final = 2_000_000
MOST_ROWS: Final = 500
ZIP: Final = b"PK\x03\x04"
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How everybody packs; the others ask for memory that nobody bounds."""
MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("jan janv", "feb fév févr", "mar mars", "apr avr", "may mai", "jun juin", "jul juil", "aug août", "sep sept",
         "oct", "nov", "dec déc"), 1)
    for name in names.split()
}  # fmt: skip
MOST: Final = {"title": 500, "place": 200, "period": 60, "text": 1200}
MOST_WORDS: Final = {
    "name": 200, "headline": 200, "profile": 1200, "email": 200, "phone": 60, "place": 120, "website": 400,
}  # fmt: skip
ELSEWHERE: Final = ("awards", "publications", "references")
"""What a JSON Resume may hold and a CV here has no section for."""
TABLES: Final = (
    "Profile", "Positions", "Education", "Projects", "Skills", "Languages", "Certifications", "Email Addresses",
    "PhoneNumbers",
)  # fmt: skip


class NoCVThere(BackpackError):
    code = "no-cv-there"
    sentence = N_(
        "This is neither a JSON Resume nor LinkedIn’s archive of your data. Choose the .json or .zip file as you "
        "received it."
    )


class CVTooLarge(TooLarge):
    code = "cv-too-large"
    sentence = N_("This file is larger than a CV can be. Choose the .json or .zip file as you received it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is said in one line of a section."""

    title: str
    place: str = ""
    period: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that the file names: perhaps one of this person's badges, else a line."""

    name: str
    line: Line
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What was read: the person's words, lines by section in their order, certificates; and how much was too much."""

    words: Mapping[str, str]
    lines: Sequence[tuple[str, Line]]
    certificates: Sequence[Certificate] = ()
    left_out: int = 0
    shortened: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.lines or self.certificates)


@dataclass(slots=True)
class _Collected:
    present: str
    """The word for an end that has not come."""
    words: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[str, Line]] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    left_out: int = 0
    shortened: int = 0

    def say(self, **words: str) -> None:
        said = {name: self._cut(one_line(value), MOST_WORDS[name]) for name, value in words.items()}
        self.words |= {name: value for name, value in said.items() if value}

    def tell(self, profile: str) -> None:
        if profile.strip():
            self.words["profile"] = self._cut(profile.strip(), MOST_WORDS["profile"])

    def add(self, section: str, **parts: str) -> None:
        line = self.line(**parts)
        if line is None:
            return
        if len(self.lines) < MOST_ENTRIES:
            self.lines.append((section, line))
        else:
            self.left_out += 1

    def line(self, **parts: str) -> Line | None:
        """A line of the builder's own sizes; None without a title."""
        fitting = {
            name: self._cut(value.strip() if name == "text" else one_line(value), MOST[name])
            for name, value in parts.items()
        }
        return Line(**fitting) if fitting.get("title") else None

    def period(self, start: str, end: str) -> str:
        return typed_as(start, end, self.present)

    def _cut(self, text: str, most: int) -> str:
        text = "".join(c for c in text if not is_control(c) and c != "\r")
        self.shortened += len(text) > most
        return text[:most]

    def done(self) -> Brought:
        return Brought(
            words=self.words,
            lines=self.lines,
            certificates=self.certificates,
            left_out=self.left_out,
            shortened=self.shortened,
        )


def read_cv(data: bytes, present: str) -> Brought:
    """Goes by content. `present`: the CV's word for an end that has not come. Raises NoCVThere or CVTooLarge."""
    if data.startswith(ZIP):
        brought = from_linkedin(data, present)
        if brought.is_empty:  # tables of these names, with columns of other names
            raise NoCVThere
        return brought
    if len(data) > MOST_JSON:
        raise CVTooLarge
    try:
        return from_json_resume(loads_object(data.strip()), present)
    except OpenBadgesError as error:
        raise NoCVThere from error


def from_json_resume(resume: Mapping[str, Any], present: str) -> Brought:
    """JSON Resume, of any version that calls things by these names. Raises NoCVThere for any other object."""
    if not isinstance(resume.get("basics"), Mapping) and not isinstance(resume.get("work"), list):
        raise NoCVThere
    got, basics = _Collected(present), resume.get("basics")
    basics = basics if isinstance(basics, Mapping) else {}
    location = basics.get("location")
    got.say(
        name=_text(basics, "name"),
        headline=_text(basics, "label"),
        email=_text(basics, "email"),
        phone=_text(basics, "phone"),
        website=_text(basics, "url", "website"),
        place=_text(location, "city") if isinstance(location, Mapping) else "",
    )
    got.tell(_text(basics, "summary"))
    for one in _rows(resume, "education"):
        title = " – ".join(part for part in (_text(one, "studyType"), _text(one, "area")) if part)
        got.add(
            "education",
            title=title or _text(one, "institution"),
            place=_text(one, "institution") if title else "",
            period=_period(got, one),
            text="\n".join([*_texts(one, "courses"), _text(one, "score", "gpa")]),
        )
    for section, names in (("work", ("position", "name", "company")), ("volunteer", ("position", "organization"))):
        for one in _rows(resume, section):
            place = _text(one, *names[1:])
            title = _text(one, names[0])
            said = "\n".join([_text(one, "summary"), *_texts(one, "highlights")])
            got.add(
                "experience", title=title or place, place=place if title else "", period=_period(got, one), text=said
            )
    for one in _rows(resume, "projects"):
        said = "\n".join([_text(one, "description"), *_texts(one, "highlights")])
        got.add("project", title=_text(one, "name"), place=_text(one, "entity"), period=_period(got, one), text=said)
    for one in _rows(resume, "skills"):
        got.add("skill", title=_text(one, "name"), text=_text(one, "level") or ", ".join(_texts(one, "keywords")))
    for one in _rows(resume, "languages"):
        got.add("language", title=_text(one, "language"), text=_text(one, "fluency"))
    for one in _rows(resume, "interests"):
        got.add("interest", title=_text(one, "name"), text=", ".join(_texts(one, "keywords")))
    for one in _rows(resume, "certificates"):
        _certify(got, _text(one, "name"), _text(one, "issuer"), _text(one, "date"), _text(one, "summary"))
    got.left_out += sum(1 for name in ELSEWHERE for _ in _rows(resume, name))
    return got.done()


def from_linkedin(data: bytes, present: str) -> Brought:
    """The tables of LinkedIn's archive that a CV has a place for. Raises NoCVThere or CVTooLarge."""
    tables = _tables(data)
    if not {"Profile", "Positions", "Education"} & set(tables):
        raise NoCVThere
    got = _Collected(present)
    for one in tables.get("Profile", ())[:1]:
        got.say(
            name=f"{one['First Name']} {one['Last Name']}",
            headline=one["Headline"],
            place=one["Geo Location"],
            website=_first_address(one["Websites"]),
        )
        got.tell(one["Summary"])
    for one in tables.get("Email Addresses", ()):
        if one["Primary"].lower() == "yes" or "email" not in got.words:
            got.say(email=one["Email Address"])
    for one in tables.get("PhoneNumbers", ())[:1]:
        got.say(phone=one["Number"])
    for one in tables.get("Education", ()):
        degree = one["Degree Name"]
        got.add(
            "education",
            title=degree or one["School Name"],
            place=one["School Name"] if degree else "",
            period=got.period(_iso(one["Start Date"]), _iso(one["End Date"])),
            text="\n".join(part for part in (one["Notes"], one["Activities"]) if part),
        )
    for one in tables.get("Positions", ()):
        got.add(
            "experience",
            title=one["Title"] or one["Company Name"],
            place=", ".join(part for part in (one["Company Name"], one["Location"]) if part),
            period=got.period(_iso(one["Started On"]), _iso(one["Finished On"])),
            text=one["Description"],
        )
    for one in tables.get("Projects", ()):
        period = got.period(_iso(one["Started On"]), _iso(one["Finished On"]))
        got.add("project", title=one["Title"], period=period, text=one["Description"])
    for one in tables.get("Skills", ()):
        got.add("skill", title=one["Name"])
    for one in tables.get("Languages", ()):
        got.add("language", title=one["Name"], text=one["Proficiency"])
    for one in tables.get("Certifications", ()):
        _certify(got, one["Name"], one["Authority"], _iso(one["Started On"]), "")
    return got.done()


def _certify(got: _Collected, name: str, issuer: str, date: str, words: str) -> None:
    line = got.line(title=name, place=issuer, period=typed_as(date, ""))
    if line is not None and len(got.certificates) >= MOST_ENTRIES:
        got.left_out += 1
    elif line is not None:
        got.certificates.append(Certificate(name=line.title, line=line, words=words[: MOST["text"]]))


def _tables(data: bytes) -> dict[str, list[dict[str, str]]]:
    """The tables we know by their names, wherever in the archive; of two of one name the first.

    Each is read up to a limit, whatever the archive says of its size, and the names of its members open nothing.
    """
    found: dict[str, list[dict[str, str]]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise CVTooLarge
            for member in members:
                name = re.split(r"[/\\]", member.filename)[-1].removesuffix(".csv")
                if name in TABLES and member.filename.endswith(".csv") and name not in found:
                    if member.compress_type not in METHODS:
                        raise NoCVThere
                    with archive.open(member) as stream:
                        found[name] = _table(stream.read(MOST_TABLE + 1))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise NoCVThere from error
    return found


def _table(data: bytes) -> list[dict[str, str]]:
    if len(data) > MOST_TABLE:
        raise CVTooLarge
    try:
        rows = csv.DictReader(io.StringIO(_decoded(data).replace("\0", ""), newline=""))
        return [
            _Row({k: v.strip() for k, v in row.items() if k and isinstance(v, str)}) for row in islice(rows, MOST_ROWS)
        ]
    except csv.Error as error:
        raise NoCVThere from error


def _decoded(data: bytes) -> str:
    """LinkedIn writes UTF-8; a spreadsheet that a table went through may have written it again in its own way."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


class _Row(dict[str, str]):
    """A row whose missing columns are empty: LinkedIn adds and drops some."""

    def __missing__(self, _key: str) -> str:
        return ""


def _text(row: Mapping[str, Any], *names: str) -> str:
    """The first of these members that is a text with something in it."""
    return next((value for name in names if isinstance(value := row.get(name), str) and value.strip()), "")


def _texts(row: Mapping[str, Any], name: str) -> list[str]:
    value = row.get(name)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _rows(resume: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    value = resume.get(name)
    return (one for one in value[:MOST_ROWS] if isinstance(one, Mapping)) if isinstance(value, list) else iter(())


def _period(got: _Collected, one: Mapping[str, Any]) -> str:
    return got.period(_text(one, "startDate"), _text(one, "endDate")) or typed_as(_text(one, "date"), "")


def _iso(typed: str) -> str:
    """Sep 2024 as 2024-09; a year alone as it is."""
    match = re.fullmatch(r"(?:(\w{3,9})\.? )?((?:19|20)\d\d)", typed.strip())
    if match is None:
        return ""
    month = MONTHS.get((match[1] or "")[:4].lower()) or MONTHS.get((match[1] or "")[:3].lower())
    return f"{match[2]}-{month:02d}" if month else match[2]


def _first_address(websites: str) -> str:
    """Of a list such as [PORTFOLIO:https://a.example,OTHER:https://b.example] the first address."""
    found = re.search(r"https?://[^\s,\]]+", websites)
    return found[0] if found else ""
