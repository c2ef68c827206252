"""Outgoing connections: permitted addresses, limits, alerts, and a small HTTP client."""
