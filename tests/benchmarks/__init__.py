"""Figures, measured in one run and printed one a line; never asserted as times in tests."""
