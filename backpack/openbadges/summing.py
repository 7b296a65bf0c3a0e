"""A report as plain values, for JSON: what it found, without the credential and the documents themselves."""

from __future__ import annotations

from typing import Any

from backpack.openbadges.report import Report


def summary(report: Report) -> dict[str, Any]:
    """The three answers and every check. Names and codes are stable; messages are the English ones."""
    credential = report.credential
    return {
        "version": report.version.value if report.version else None,
        "outcome": report.outcome.value,
        "reason": report.reason,
        "name": str(credential.achievement.name or credential.name or "") or None,
        "issuer": "established" if report.issuer.established else "not-established",
        "issuer_how": report.issuer.how,
        "issuer_name": report.issuer.name,
        "recipient": report.recipient.value,
        "judged_at": report.judged_at.isoformat(),
        "checks": [
            {"id": check.id, "result": check.result.value, "message": str(check.message), "document": check.document}
            for check in report.checks
        ],
    }
