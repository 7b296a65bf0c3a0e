"""Bytes nobody would send: `make fuzz` looks for those that the engine cannot end in a Report or an OpenBadgesError."""
