"""Outgoing connections: permitted addresses, limits, alerts."""
