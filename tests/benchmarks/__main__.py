"""`make bench`: every group, or the one that ONLY (or the first word) names."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import tests.benchmarks


def main() -> int:
    only = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ONLY", "")
    for found in sorted(pkgutil.iter_modules(tests.benchmarks.__path__), key=lambda module: module.name):
        if found.name == "__main__" or (only and only != found.name):
            continue
        module = importlib.import_module(f"tests.benchmarks.{found.name}")
        if hasattr(module, "figures"):  # the others are what groups are made of
            for figure in module.figures():
                print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
