"""A CV as a Europass document of today's form (`Candidate`, HR-XML 3 with Europass's own elements), which the Europass
editor reads from an XML file or from a PDF that carries it as `attachment.xml`.

Its schema is not published. What is known of its reader: it shows only the sections that are listed at the end, and it
refuses a whole file for a telephone number without its country or for a date that cannot be. Hence neither is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from html import escape
from typing import Any, Final

from lxml import etree

from backpack.badges.naming import is_web_address
from backpack.cv.composing import Chosen, held_back
from backpack.cv.models import CV, CVEntry
from backpack.cv.periods import period_of
from backpack.publishing.codes import printed

NAME: Final = "attachment.xml"
MEDIA_TYPE: Final = "application/xml"
SPACES: Final[Mapping[Any, str]] = {
    None: "http://www.europass.eu/1.0",
    "hr": "http://www.hr-xml.org/3",
    "oa": "http://www.openapplications.org/oagis/9",
    "eures": "http://www.europass_eures.eu/1.0",
}
LANGUAGES: Final = {
    "fra": r"fran[cç]ais|french", "eng": r"anglais|english", "spa": r"espagnol|spanish|español",
    "deu": r"allemand|german|deutsch", "ita": r"italien|italian|italiano", "por": r"portugais|portuguese",
    "ara": r"arabe|arabic", "zho": r"chinois|chinese|mandarin", "rus": r"russe|russian", "nld": r"n[ée]erlandais|dutch",
    "pol": r"polonais|polish", "ron": r"roumain|romanian", "jpn": r"japonais|japanese", "tur": r"turc|turkish",
    "ukr": r"ukrainien|ukrainian", "ell": r"grec|greek", "bre": r"breton",
}  # fmt: skip
LEVEL: Final = re.compile(r"\b(A1|A2|B1|B2|C1|C2)\b", re.IGNORECASE)
SKILLS: Final = (
    "CEF-Understanding-Listening",
    "CEF-Understanding-Reading",
    "CEF-Speaking-Interaction",
    "CEF-Speaking-Production",
    "CEF-Writing-Production",
)
MOTHER: Final = re.compile(r"maternelle|native|mother|bilingue", re.IGNORECASE)
NO_CHAR: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no place for (XML 1.0, 2.2)."""
TELEPHONE: Final = re.compile(r"\+(\d{1,3})[\s.-]+([\d\s.()-]{4,20})")

Node = etree._Element


def europass_xml(cv: CV, chosen: Sequence[Chosen], base: str, zone: tzinfo) -> bytes:
    """The document. Badges that the PDF leaves out are left out here. `base` is PUBLIC_URL."""
    root = etree.Element(_name("Candidate"), nsmap=SPACES)
    identifier = _put(root, "hr:DocumentID")
    identifier.set("schemeID", cv.public_id)
    identifier.set("schemeName", "DocumentIdentifier")
    identifier.set("schemeAgencyName", "EUROPASS")
    identifier.set("schemeVersionID", "4.0")
    supplier = _put(root, "CandidateSupplier")
    _put(supplier, "hr:PartyName", "Owner")
    _person(_put(supplier, "PersonContact"), cv)
    _put(supplier, "hr:PrecedenceCode", "1")
    person = _put(root, "CandidatePerson")
    _person(person, cv)
    for one in _of(cv, "language"):
        code = _language(one.title)
        if code and MOTHER.search(one.text):
            _put(person, "PrimaryLanguageCode", code).set("name", "NORMAL")
    sections = _profile(root, cv, [one for one in chosen if held_back(one.report) is None], base, zone)
    order = _put(_put(_put(root, "RenderingInformation"), "Design"), "SectionsOrder")
    for title in sections:
        _put(_put(order, "Section"), "Title", title)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _profile(root: Node, cv: CV, shown: Sequence[Chosen], base: str, zone: tzinfo) -> list[str]:
    """The profile; and the titles of its sections, in the CV's order as far as Europass has them."""
    profile = _put(root, "CandidateProfile")
    profile.set("languageCode", cv.language)
    if cv.profile:
        _put(profile, "hr:ExecutiveSummary", _html(cv.profile))
    filled = {
        "work-experience": _each(profile, "EmploymentHistory", _of(cv, "experience"), _employment),
        "education-training": _each(profile, "EducationHistory", _of(cv, "education"), _education),
        "language": _languages(profile, cv),
        "projects": _each(profile, "Projects", _of(cv, "project"), _project),
        "profile-skills": _skills(profile, cv),
        "certifications": _badges(profile, shown, base, zone),
        "hobbies-interests": _each(profile, "HobbiesAndInterests", _of(cv, "interest"), _hobby),
    }
    return [title for title, is_there in filled.items() if is_there]


def _person(parent: Node, cv: CV) -> None:
    words = cv.name.split()
    name = _put(parent, "PersonName")
    _put(name, "oa:GivenName", " ".join(words[:-1]) if len(words) > 1 else cv.name)
    _put(name, "hr:FamilyName", words[-1] if len(words) > 1 else "")
    if "@" in cv.email:
        _channel(parent, "Email", cv.email)
    if is_web_address(cv.website):
        _channel(parent, "Web", cv.website)
    if telephone := TELEPHONE.fullmatch(cv.phone.strip()):
        call = _put(parent, "Communication")
        _put(call, "ChannelCode", "Telephone")
        _put(call, "UseCode", "mobile")
        _put(call, "CountryDialing", telephone[1])
        _put(call, "oa:DialNumber", re.sub(r"\D", "", telephone[2]))
    if cv.place:
        address = _put(_put(parent, "Communication"), "Address")
        _put(address, "oa:CityName", cv.place)


def _channel(parent: Node, kind: str, address: str) -> None:
    node = _put(parent, "Communication")
    _put(node, "ChannelCode", kind)
    _put(node, "oa:URI", address)


def _employment(parent: Node, one: CVEntry) -> None:
    node = _put(parent, "EmployerHistory")
    _put(node, "hr:OrganizationName", one.place)
    position = _put(node, "PositionHistory")
    _put(position, "PositionTitle", one.title).set("typeCode", "FREETEXT")
    _dates(_put(position, "eures:EmploymentPeriod"), "eures:", one.period, "hr:CurrentIndicator")
    if one.text:
        _put(position, "oa:Description", _html(one.text))


def _education(parent: Node, one: CVEntry) -> None:
    node = _put(parent, "EducationOrganizationAttendance")
    _put(node, "hr:OrganizationName", one.place)
    _dates(_put(node, "AttendancePeriod"), "", one.period, "Ongoing")
    degree = _put(node, "EducationDegree")
    _put(degree, "hr:DegreeName", one.title)
    if one.text:
        _put(degree, "OccupationalSkillsCovered", _html(one.text))


def _project(parent: Node, one: CVEntry) -> None:
    node = _put(parent, "Project")
    _put(node, "Title", one.title)
    _put(node, "Description", _html("\n".join(part for part in (one.place, one.period, one.text) if part)))


def _hobby(parent: Node, one: CVEntry) -> None:
    node = _put(parent, "HobbyOrInterest")
    _put(node, "Title", one.title)
    _put(node, "Description", _html(one.text))


def _languages(profile: Node, cv: CV) -> bool:
    """Levels as Europass knows them (A1 to C2), alike for the five skills: a CV's line says one."""
    qualifications = _put(profile, "PersonQualifications")
    placed = [one for one in _of(cv, "language") if _has_place(one)]
    for one in placed:
        code, level = _language(one.title), LEVEL.search(one.text)
        if level is None:
            continue
        node = _put(qualifications, "PersonCompetency")
        _put(node, "CompetencyID", code).set("schemeName", "NORMAL")
        _put(node, "hr:TaxonomyID", "language")
        for skill in SKILLS:
            dimension = _put(node, "eures:CompetencyDimension")
            _put(dimension, "hr:CompetencyDimensionTypeCode", skill)
            _put(_put(dimension, "eures:Score"), "hr:ScoreText", level[1].upper())
    return bool(placed)


def _has_place(one: CVEntry) -> bool:
    """Whether Europass can say this language: one that we know the code of, with a level or as the mother tongue."""
    return bool(_language(one.title) and (LEVEL.search(one.text) or MOTHER.search(one.text)))


def _skills(profile: Node, cv: CV) -> bool:
    """The skills, and the languages that it cannot say as languages."""
    others = [one for one in _of(cv, "language") if not _has_place(one)]
    names = [f"{one.title} ({one.text})" if one.text else one.title for one in (*_of(cv, "skill"), *others)]
    if names:
        group = _put(_put(profile, "Skills"), "SkillsGroup")
        _put(group, "Title", {"fr": "Compétences", "en": "Skills"}[cv.language])
        for name in names:
            node = _put(group, "PersonCompetency")
            _put(node, "hr:TaxonomyID", "Digital_Skill")
            _put(node, "hr:CompetencyName", name)
    return bool(names)


def _badges(profile: Node, shown: Sequence[Chosen], base: str, zone: tzinfo) -> bool:
    """Certifications there have no field for an address, so the one where a badge is verified stands in its words."""
    certifications = _put(profile, "Certifications")
    for one in shown:
        node = _put(certifications, "Certification")
        _put(node, "hr:CertificationName", one.badge.name)
        _put(node, "hr:IssuingAuthority", one.badge.issuer_name)
        url = f"{base}/v/{printed(one.code)}" if one.code else ""
        _put(node, "hr:CertificationDescription", "\n".join(part for part in (one.place.line, url) if part))
        if one.badge.issued_on:
            day = one.badge.issued_on.astimezone(zone).date().isoformat()
            _put(_put(node, "hr:CertificationDate"), "hr:FormattedDateTime", day)
    return bool(shown)


def _dates(node: Node, prefix: str, typed: str, ongoing: str) -> None:
    period = period_of(typed)
    for name, value in (("StartDate", period.start), ("EndDate", period.end)):
        if value:
            _put(_put(node, prefix + name), "hr:FormattedDateTime", value)
    _put(node, ongoing, "true" if period.is_ongoing else "false")


def _each(profile: Node, name: str, rows: Iterable[CVEntry], write: Callable[[Node, CVEntry], None]) -> bool:
    rows = list(rows)
    parent = _put(profile, name)
    for one in rows:
        write(parent, one)
    return bool(rows)


def _of(cv: CV, section: str) -> Iterator[CVEntry]:
    return (one for one in cv.entries if one.section == section)


def _language(title: str) -> str:
    return next((code for code, words in LANGUAGES.items() if re.match(words, title.strip(), re.IGNORECASE)), "")


def _html(text: str) -> str:
    """Longer texts are HTML inside the XML; what was typed stays text."""
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.split("\n") if line)


def _name(name: str) -> str:
    prefix, _sep, local = name.rpartition(":")
    return f"{{{SPACES[prefix or None]}}}{local}"


def _put(parent: Node, name: str, text: str | None = None) -> Node:
    node = etree.SubElement(parent, _name(name))
    if text is not None:
        node.text = NO_CHAR.sub("", text)
    return node
