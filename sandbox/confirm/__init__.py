"""Checks the assumptions of `docs/outside.md` against a live i-Reserve or Google, and prints what differs."""
