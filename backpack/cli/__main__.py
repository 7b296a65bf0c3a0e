"""`python -m backpack.cli`."""

from backpack.cli import main

raise SystemExit(main())
