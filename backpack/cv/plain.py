"""A CV as plain text, for the field of a form that takes nothing else; and its owner's card for an address book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backpack.badges.naming import is_web_address
from backpack.cv.models import CV


def plain_text(page: Mapping[str, Any]) -> str:
    """The page's data (`Composed.data`) line by line, in reading order, with addresses in full."""
    return "\n".join(_lines(page)).strip() + "\n"


def _lines(page: Mapping[str, Any]) -> Iterator[str]:
    yield page["name"]
    if page["headline"]:
        yield page["headline"]
    for row in page["contacts"]:
        yield " · ".join(piece["text"] for piece in row)
    for part in page["parts"]:
        yield ""
        yield part["heading"].upper()
        yield from _part(part)
    if page["note"]:
        yield ""
        yield page["note"]


def _part(part: Mapping[str, Any]) -> Iterator[str]:
    match part["kind"]:
        case "words":
            yield part["words"]
        case "entries":
            for one in part["entries"]:
                yield "- " + _joined(", ", one["title"], one["place"], one["period"])
                yield from (f"  {line}" for line in one["text"].split("\n") if line)
        case "badges":
            for one in part["badges"]:
                yield "- " + _joined(", ", f"{one['title']} – {one['issuer']}", one["month"], one["until"])
                named = [f"{voice['label']} {voice['words']}" for voice in one["evidence"]]
                yield from (f"  {line}" for line in (one["line"], *named, one["url"], one["checked"]) if line)
        case "collections":
            for one in part["collections"]:
                yield "- " + _joined(", ", one["title"], one["count"])
                yield from (f"  {line}" for line in (one["story"], one["url"]) if line)


def _joined(between: str, *parts: str) -> str:
    return between.join(part for part in parts if part)


def vcard(cv: CV) -> str:
    """The CV's owner as a vCard 4.0 (RFC 6350): what the CV prints about them, and nothing else."""
    words = cv.name.split()
    family, given = (words[-1], " ".join(words[:-1])) if len(words) > 1 else (cv.name, "")
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{_text(cv.name)}", f"N:{_text(family)};{_text(given)};;;"]
    lines += [f"TITLE:{_text(cv.headline)}"] if cv.headline else []
    lines += [f"EMAIL:{_text(cv.email)}"] if cv.email else []
    lines += [f"TEL;VALUE=text:{_text(cv.phone)}"] if cv.phone else []
    lines += [f"ADR:;;;{_text(cv.place)};;;"] if cv.place else []
    lines += [f"URL:{cv.website}"] if is_web_address(cv.website) else []
    lines += [f"NOTE:{_text(cv.profile)}"] if cv.profile else []
    lines += [f"LANG:{cv.language}"]
    lines += [f"EXPERTISE:{_text(one.title)}" for one in cv.entries if one.section == "skill"]
    return "".join(_folded(line) for line in [*lines, "END:VCARD"])


def _text(value: str) -> str:
    """A text value (RFC 6350, 3.4): what separates is escaped, a line end becomes \\n."""
    plain = value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return plain.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line longer than 75 octets (RFC 6350, 3.2), never cut within a character."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > (75 if not pieces else 74):
            pieces.append(piece)
            piece = b""
        piece += octets
    return "\r\n ".join(one.decode() for one in [*pieces, piece]) + "\r\n"
