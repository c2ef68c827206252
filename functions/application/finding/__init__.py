"""Finds and shows bookings and events for a person: both sides are read live, and nothing is stored."""
