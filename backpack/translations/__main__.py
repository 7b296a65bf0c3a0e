"""`python -m backpack.translations`: makes the catalogues, and says what is missing (exit status 1)."""

from __future__ import annotations

import sys

from backpack.translations import write


def main() -> int:
    joined = write()
    for what in ("untranslated", "disputed", "unused"):
        for sentence in getattr(joined, what):
            sys.stdout.write(f"{what}: {sentence!r}\n")
    return 1 if joined.untranslated or joined.disputed else 0


if __name__ == "__main__":
    sys.exit(main())
