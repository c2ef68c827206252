"""Decides what to do: values and pure functions. Standard library only; no clock, no I/O, nothing of a vendor's."""
