"""Whether a document has the members its version asks for, in two grades (VERIFICATION 4.4 and 6.1).

    structure(document, version)      what breaks the badge: the check `structure` fails, `malformed` with `what`
    schema(document, version)         what only departs from the letter: the check `schema` warns
    grades(document, version)         both, for the work of one
    structure_of(document, kind)      the same for one document of a hosted badge that was fetched by itself:
    schema_of, grades_of              `kind` is "BadgeClass", "Profile", "RevocationList" or "CryptographicKey"

`document` is the JSON as it came (for a JWT: what `versions.document_of` makes of its claims). An embedded badge class
or issuer is judged along with its assertion; what is given by its address is judged when it was fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from backpack.openbadges.conformance import version_2, version_3
from backpack.openbadges.conformance.rules import Fault
from backpack.openbadges.model import Version
from backpack.openbadges.versions.shapes import Object

__all__ = ["CREDENTIALS", "Fault", "grades", "grades_of", "schema", "schema_of", "structure", "structure_of"]

Grades: TypeAlias = tuple[tuple[Fault, ...], tuple[Fault, ...]]
"""What breaks a document, and what only departs from the letter."""

CREDENTIALS = {Version.OB_3_0, Version.CLR_2, Version.VC_1, Version.VC_2}


def structure(document: Object, version: Version) -> tuple[Fault, ...]:
    """What breaks the badge, each once, in the order of the standard's tables."""
    return grades(document, version)[0]


def schema(document: Object, version: Version) -> tuple[Fault, ...]:
    """What a person can ignore and an issuer can act on."""
    return grades(document, version)[1]


def grades(document: Object, version: Version) -> Grades:
    """`structure` and `schema` of one document."""
    return _graded((version_3.faults if version in CREDENTIALS else version_2.faults)(document, version))


def structure_of(document: Object, kind: str) -> tuple[Fault, ...]:
    """As `structure`, for a BadgeClass, Profile, RevocationList or CryptographicKey that an address answered."""
    return grades_of(document, kind)[0]


def schema_of(document: Object, kind: str) -> tuple[Fault, ...]:
    """As `schema`, for a document that an address answered."""
    return grades_of(document, kind)[1]


def grades_of(document: Object, kind: str) -> Grades:
    """`structure_of` and `schema_of` of one document."""
    return _graded(version_2.faults_of(document, kind))


def _graded(faults: Iterable[Fault]) -> Grades:
    each_once = dict.fromkeys(faults)
    if not each_once:
        return (), ()
    return tuple(one for one in each_once if one.breaks), tuple(one for one in each_once if not one.breaks)
