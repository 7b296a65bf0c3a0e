"""How a table of classes and properties is written, and how a document is held against it.

A table is text, one class after the other:

    Alignment
        type        +  type=Alignment
        targetName  1  words
        targetUrl   1  url

The mark says how many: `1` one, `?` one or none, `+` one or more, `*` any number. `1~` says that its absence, or a
format that cannot be read, is only a remark. The kind is the name of a class, or one of `KINDS`; `iri|Image` allows
either. A format after which a `!` stands must be readable, or the badge is broken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions import dates
from backpack.openbadges.versions.shapes import Object, is_web_address, types


@dataclass(frozen=True, slots=True)
class Fault:
    """One departure from the standard. `what` is the path of the member, in the words of the standard.

    `why`: missing, wrong-type, too-many, wrong-value, format, unknown-value, unknown-member. `breaks` is the grade:
    whether it breaks the badge or is a remark to its issuer.
    """

    what: str
    why: str
    breaks: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """What one property of a class must be."""

    name: str
    kinds: tuple[str, ...]
    required: bool
    many: bool
    lenient: bool
    fits: Callable[[str], object]
    """Whether these words alone are all that is asked for: what most properties of most badges are."""


class Rules(dict[str, Rule]):
    """The rules of one class, by the name of the property."""

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(name for name, rule in self.items() if rule.required)

    def odd(self, document: Object) -> set[str]:
        """The properties that need a second look: what is missing, and what is more than the words asked for."""
        looked_at = {
            name
            for name, value in document.items()
            if (rule := self.get(name)) is not None and not (isinstance(value, str) and rule.fits(value))
        }
        missing = self.required - document.keys()
        return looked_at | missing if missing else looked_at


Table: TypeAlias = Mapping[str, Rules]
Check: TypeAlias = Callable[[JSON], str | None]
"""Says why a value is none of this kind; None if it is."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_TAG = re.compile(r"(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(?:-[A-Za-z0-9]{1,8})*|x(?:-[A-Za-z0-9]{1,8})+")
_PICTURE = re.compile(r"data:image/.*", re.DOTALL)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")


def table(text: str) -> Table:
    """The rules a text of the form above holds."""
    classes: dict[str, Rules] = {}
    for line in filter(str.strip, text.splitlines()):
        if not line.startswith(" "):
            rules = classes[line.strip()] = Rules()
            continue
        name, mark, kind = line.split()
        kinds = tuple(kind.split("|"))
        rules[name] = Rule(name, kinds, mark[0] in "1+", mark[0] in "+*", mark.endswith("~"), _fitting(kinds))
    return classes


def _fitting(kinds: tuple[str, ...]) -> Callable[[str], object]:
    if kinds[0].startswith("type="):
        wanted = kinds[0].removeprefix("type=")
        return lambda words: words == wanted or _names_type(words, wanted)
    names = [name for kind in kinds if (name := kind.rstrip("!")) in KINDS]
    if not _OF_ANY_WORDS.isdisjoint(names):
        return lambda _words: True
    if len(names) == 1 and names[0] in _FORMATS:
        return _FORMATS[names[0]]
    return lambda words: any(KINDS[name](words) is None for name in names)


def judge(document: Object, name: str, classes: Table, path: str = "", *, closed: bool = False) -> Iterator[Fault]:
    """Every fault of the document as one of this class, and of what stands in it. `closed`: others are remarked on."""
    rules = classes[name]
    odd = rules.odd(document)
    for rule_name in odd if len(odd) < 2 else [one for one in rules if one in odd]:
        rule, value = rules[rule_name], document.get(rule_name)
        if value is None and not rule.required:
            continue
        judged = _value if isinstance(value, dict) and not rule.kinds[0].startswith("type=") else _property
        yield from judged(value, rule, classes, f"{path}{rule.name}", closed=closed)
    if closed:
        for member in document:
            if member not in rules and ":" not in member and not member.startswith("@"):
                yield Fault(f"{path}{member}", "unknown-member", breaks=False)


def _property(value: JSON, rule: Rule, classes: Table, path: str, *, closed: bool) -> Iterator[Fault]:
    values = [item for item in (value if isinstance(value, list) else [value]) if item is not None]
    if not values and rule.required:
        yield Fault(path, "missing", breaks=not rule.lenient)
    if len(values) > 1 and not rule.many and rule.kinds[0] != "words":
        yield Fault(path, "too-many")
        return
    if rule.kinds[0].startswith("type="):
        if values and not _names_type(value, rule.kinds[0].removeprefix("type=")):
            yield Fault(path, "wrong-value")
        return
    for item in values:
        yield from _value(item, rule, classes, path, closed=closed)


def _names_type(value: JSON, wanted: str) -> bool:
    named = types({"type": value})
    return bool(named) and (not wanted or bool(set(wanted.split("/")) & set(named)))


def _value(value: JSON, rule: Rule, classes: Table, path: str, *, closed: bool) -> Iterator[Fault]:
    """One value: an object is judged by the class that is allowed here, anything else by its kind."""
    inner = next((kind for kind in rule.kinds if kind in classes), None)
    if isinstance(value, dict) and value.keys() == {"id"} and (inner or "").startswith("Embedded"):
        # A link, written as an object that has nothing but its id.
        value, inner = value["id"], None
    if isinstance(value, dict) and inner is not None:
        yield from judge(value, inner, classes, f"{path}.", closed=closed)
        return
    whys = []
    for kind in rule.kinds:
        if kind in classes:
            continue
        why = KINDS[kind.rstrip("!")](value)
        if why is None:
            return
        whys.append((why, kind))
    why, kind = whys[0] if whys else ("wrong-type", "")
    breaks = why == "wrong-type" or (kind.endswith("!") and not rule.lenient)
    yield Fault(path, why, breaks)


def _of(*wanted: type) -> Check:
    def check(value: JSON) -> str | None:
        # To Python a truth value is a number; to JSON it is none.
        right = isinstance(value, wanted) and (not isinstance(value, bool) or bool in wanted)
        return None if right else "wrong-type"

    return check


def _text(readable: Callable[[str], object]) -> Check:
    def check(value: JSON) -> str | None:
        if not isinstance(value, str):
            return "wrong-type"
        return None if readable(value) else "format"

    return check


def _words(value: JSON) -> str | None:
    """Text, or a JSON-LD value object with its language and direction."""
    if isinstance(value, dict):
        return None if isinstance(value.get("@value"), str) and not _not_of_value(value) else "wrong-type"
    return None if isinstance(value, str) else "wrong-type"


def _not_of_value(value: Object) -> set[str]:
    return set(value) - {"@value", "@language", "@direction"}


def _text_of_any(value: JSON) -> str | None:
    """Text of 1.x and 2.0, where a map of languages is well-formed too."""
    if isinstance(value, dict) and value and all(isinstance(item, str) for item in value.values()):
        return None
    return _words(value)


def is_absolute(address: str) -> bool:
    """Whether it is an absolute URI (RFC 3986), of any scheme."""
    return _ABSOLUTE.fullmatch(address) is not None


def _is_iri(address: str) -> bool:
    """As the reference verifier reads an IRI of 2.0: a UUID is a whole one, and a blank node has no address."""
    if address[:9].lower() == "urn:uuid:":
        return _UUID.fullmatch(address) is not None
    return address.startswith("_:") or is_absolute(address)


def is_link(address: str) -> bool:
    """An address on the web, or a name (URN) that stands for one."""
    return is_web_address(address) or (address[:4].lower() == "urn:" and is_absolute(address))


def _enumeration(*terms: str) -> Check:
    known = frozenset(terms)

    def check(value: JSON) -> str | None:
        if not isinstance(value, str):
            return "wrong-type"
        return None if value in known or value.startswith("ext:") else "unknown-value"

    return check


_OF_ANY_WORDS = frozenset({"any", "text", "words", "translated", "scalar"})
_FORMATS: dict[str, Callable[[str], object]] = {
    "uri": is_absolute,
    "url": is_web_address,
    "iri": _is_iri,
    "link": is_link,
    "picture": lambda text: is_link(text) or _PICTURE.fullmatch(text),
    "instant": dates.zoned,
    "stamp": dates.stamped,
    "language": _TAG.fullmatch,
    "jws": _COMPACT.fullmatch,
}
KINDS: dict[str, Check] = {
    **{name: _text(readable) for name, readable in _FORMATS.items()},
    "any": lambda _value: None,
    "object": _of(dict),
    "text": _of(str),
    "words": _words,
    "translated": _text_of_any,
    "scalar": _of(str, int, float),
    "boolean": _of(bool),
    "number": _of(int, float),
    "moment": lambda value: (
        None if dates.lenient(value) else "wrong-type" if isinstance(value, (dict, list)) else "format"
    ),
    "achievement-type": _enumeration(
        *("Achievement", "ApprenticeshipCertificate", "Assessment", "Assignment", "AssociateDegree", "Award", "Badge"),
        *(
            "BachelorDegree",
            "Certificate",
            "CertificateOfCompletion",
            "Certification",
            "CommunityService",
            "Competency",
        ),
        *("Course", "CoCurricular", "Degree", "Diploma", "DoctoralDegree", "Fieldwork", "GeneralEducationDevelopment"),
        *("JourneymanCertificate", "LearningProgram", "License", "Membership", "ProfessionalDoctorate"),
        *("QualityAssuranceCredential", "MasterCertificate", "MasterDegree", "MicroCredential", "ResearchDoctorate"),
        "SecondarySchoolDiploma",
    ),
    "target-type": _enumeration(
        *("ceasn:Competency", "ceterms:Credential", "CFItem", "CFRubric", "CFRubricCriterion"),
        *("CFRubricCriterionLevel", "CTDL"),
    ),
    "identifier-type": _enumeration(
        *("name", "sourcedId", "systemId", "productId", "userName", "accountId", "emailAddress", "isbn", "issn"),
        *("nationalIdentityNumber", "lisSourcedId", "oneRosterSourcedId", "sisSourcedId", "ltiContextId", "ltiToolId"),
        *("ltiDeploymentId", "ltiPlatformId", "ltiUserId", "identifier"),
    ),
    "result-type": _enumeration(
        *("GradePointAverage", "LetterGrade", "Percent", "PerformanceLevel", "PredictedScore", "RawScore", "Result"),
        *("RubricCriterion", "RubricCriterionLevel", "RubricScore", "ScaledScore", "Status"),
    ),
    "result-status": _enumeration("Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"),
}
