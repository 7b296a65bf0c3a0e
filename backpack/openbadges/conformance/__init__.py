"""Whether a document has the members its version asks for, in two grades (VERIFICATION 4.4 and 6.1).

    structure(document, version)      what breaks the badge: the check `structure` fails, `malformed` with `what`
    schema(document, version)         what only departs from the letter: the check `schema` warns
    structure_of(document, kind)      the same for one document of a hosted badge that was fetched by itself:
    schema_of(document, kind)         `kind` is "BadgeClass", "Profile", "RevocationList" or "CryptographicKey"

`document` is the JSON as it came (for a JWT: what `versions.document_of` makes of its claims). An embedded badge class
or issuer is judged along with its assertion; what is given by its address is judged when it was fetched.
"""

from __future__ import annotations

from backpack.openbadges.conformance import version_2, version_3
from backpack.openbadges.conformance.rules import Fault
from backpack.openbadges.model import Version
from backpack.openbadges.versions.shapes import Object

__all__ = ["Fault", "schema", "schema_of", "structure", "structure_of"]

_CREDENTIALS = {Version.OB_3_0, Version.CLR_2, Version.VC_1, Version.VC_2}


def structure(document: Object, version: Version) -> tuple[Fault, ...]:
    """What breaks the badge, each once, in the order of the standard's tables."""
    return tuple(fault for fault in _faults(document, version) if fault.breaks)


def schema(document: Object, version: Version) -> tuple[Fault, ...]:
    """What a person can ignore and an issuer can act on."""
    return tuple(fault for fault in _faults(document, version) if not fault.breaks)


def structure_of(document: Object, kind: str) -> tuple[Fault, ...]:
    """As `structure`, for a BadgeClass, Profile, RevocationList or CryptographicKey that an address answered."""
    return tuple(dict.fromkeys(fault for fault in version_2.faults_of(document, kind) if fault.breaks))


def schema_of(document: Object, kind: str) -> tuple[Fault, ...]:
    """As `schema`, for a document that an address answered."""
    return tuple(dict.fromkeys(fault for fault in version_2.faults_of(document, kind) if not fault.breaks))


def _faults(document: Object, version: Version) -> tuple[Fault, ...]:
    judged = version_3.faults if version in _CREDENTIALS else version_2.faults
    return tuple(dict.fromkeys(judged(document, version)))
