"""Collects the answers of one verification and makes of them an outcome. Every check is answered, in one order."""

from __future__ import annotations

from functools import lru_cache

from backpack.openbadges.errors import N_
from backpack.openbadges.reasons import CHECKS, REASONS, Rank, Reason
from backpack.openbadges.report import Check, CheckResult, Outcome, Sentence

NOT_EXAMINED = N_("Not examined: an earlier check already decided.")
_GOOD = {CheckResult.PASSED}
_COUNTS = {CheckResult.FAILED, CheckResult.UNKNOWN}
_PLACE = {id_: place for place, id_ in enumerate(CHECKS)}


_UNPROVEN = Check(
    id="signature",
    result=CheckResult.UNKNOWN,
    message=Sentence(text=REASONS["proof-unsupported"].sentence),
    code="proof-unsupported",
)
"""Nothing against it was found, and nothing for it either."""


@lru_cache(maxsize=256)
def _same_for_all(id_: str, result: CheckResult, text: str, code: str | None) -> Check:
    """An answer that names nothing of one badge."""
    return Check(id=id_, result=result, message=Sentence(text=text), code=code)


class Findings:
    """The checks of one badge. Several answers to one question are allowed; they keep their order."""

    def __init__(self) -> None:
        self._checks: dict[str, list[Check]] = {id_: [] for id_ in CHECKS}
        self._against: list[tuple[Check, Reason]] = []
        self.host_withdrew = False
        """The badge's own address answered that it is revoked: this needs no proof."""

    def passed(self, id_: str, text: str, document: str | None = None, **facts: str) -> None:
        self._note(id_, CheckResult.PASSED, text, None, document, facts)

    def warning(self, id_: str, text: str, code: str | None = None, document: str | None = None, **facts: str) -> None:
        self._note(id_, CheckResult.WARNING, text, code, document, facts)

    def not_applicable(self, id_: str, text: str, **facts: str) -> None:
        self._note(id_, CheckResult.NOT_APPLICABLE, text, None, None, facts)

    def failed(self, id_: str, code: str, document: str | None = None, text: str | None = None, **facts: str) -> None:
        self._note(id_, CheckResult.FAILED, text or REASONS[code].sentence, code, document, facts)

    def unknown(self, id_: str, code: str, document: str | None = None, text: str | None = None, **facts: str) -> None:
        self._note(id_, CheckResult.UNKNOWN, text or REASONS[code].sentence, code, document, facts)

    def open(self, id_: str, code: str, document: str | None = None, **facts: str) -> None:
        """Failed or unknown, as the code says."""
        if REASONS[code].outcome is Outcome.UNKNOWN:
            self.unknown(id_, code, document, **facts)
        else:
            self.failed(id_, code, document, **facts)

    def answered(self, id_: str) -> bool:
        return bool(self._checks[id_])

    def of(self, id_: str) -> tuple[Check, ...]:
        return tuple(self._checks[id_])

    def holds(self, *ids: str) -> bool:
        """Whether none of these checks failed or stayed unknown."""
        return not any(check.result in _COUNTS for id_ in ids for check in self._checks[id_])

    @property
    def forged(self) -> bool:
        """Whether something already proves it wrong, so that nothing more needs to be asked."""
        return any(reason.rank is Rank.FORGED for _, reason in self._against)

    def checks(self) -> tuple[Check, ...]:
        """Every check in the order of CHECKS; what was not examined says so and is never passed."""
        listed: list[Check] = []
        for id_, answers in self._checks.items():
            listed += answers or [_same_for_all(id_, CheckResult.UNKNOWN, NOT_EXAMINED, None)]
        return tuple(listed)

    def outcome(self) -> tuple[Outcome, Check | None]:
        """The outcome and the check that decided it."""
        ranked = [(reason.rank, _PLACE[check.id], check) for check, reason in self._against]
        if self.host_withdrew:
            ranked = [one for one in ranked if one[0] in {Rank.FORGED, Rank.REVOKED}]
        if not ranked:
            return (Outcome.VALID, None) if self._proven else (Outcome.UNKNOWN, _UNPROVEN)
        _, _, check = min(ranked, key=lambda one: one[:2])
        assert check.code is not None  # noqa: S101 - only checks with a code are kept there
        return REASONS[check.code].outcome, check

    @property
    def _proven(self) -> bool:
        """Whether somebody's word for it was found: no badge is valid because nothing was asked."""
        said = {check.id for id_ in ("source", "signature") for check in self._checks[id_] if check.result in _GOOD}
        return bool(said) and all(self._checks[id_] for id_ in ("structure", "issuer", "status", "start", "expiry"))

    def _note(
        self, id_: str, result: CheckResult, text: str, code: str | None, document: str | None, facts: dict[str, str]
    ) -> None:
        if facts or document:
            message = Sentence(text=text, facts=facts)
            check = Check(id=id_, result=result, message=message, code=code, document=document)
        else:
            check = _same_for_all(id_, result, text, code)
        self._checks[id_].append(check)
        if result in _COUNTS and code is not None:
            self._against.append((check, REASONS[code]))
