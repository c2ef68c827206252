"""Asks a live i-Reserve or Google what `docs/outside.md` only believes of it, and prints what differs."""
