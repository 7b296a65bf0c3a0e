"""Proof bundles on the command line: are they as they were made, and does the same verdict come out again?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from backpack.archive.bundles import BundleChanged, read_bundle
from backpack.openbadges import Report
from backpack.openbadges.summing import summary


def judged_again(file: str, at: datetime | None, recipients: Sequence[str]) -> list[Report]:
    """The verdict of the day the bundle was made; where it did not hold then, also that of the last day known.

    `at` and `recipients` ask something else on purpose. Raises NoBundle, BundleChanged (also when another verdict
    comes out than the one it holds), OSError.
    """
    bundle = read_bundle(Path(file).read_bytes())
    for sitting in bundle.sittings:
        if summary(bundle.judged(sitting)) != sitting.verdict:
            raise BundleChanged(found="another verdict comes out than the one it holds", member="report.json")
    sittings = bundle.sittings if at is None else (bundle.now,)
    return [bundle.judged(sitting, at, recipients) for sitting in sittings]
