"""Whether a document has the members its version asks for, in two grades (VERIFICATION 4.4 and 6.1).

    structure(document, version)          what breaks the badge: the check `structure` fails, `malformed` with `what`
    schema(document, version)             what only departs from the letter: the check `schema` warns
    structure_of(document, kind)          the same for one document of a hosted badge that was fetched by itself:
    schema_of(document, kind)             `kind` is "BadgeClass" or "Profile" (also: "RevocationList", "CryptographicKey")

`document` is the JSON as it came (for a JWT: what `versions.document_of` makes of its claims). An embedded badge class
or issuer is judged along with its assertion; what is given by its address is judged when it was fetched.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One departure from the standard. `path` is a JSON Pointer; `what` is short and in the words of the standard."""

    path: str
    what: str
