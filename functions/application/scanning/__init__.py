"""Goes through the bookings of a window (sweeps, backfill, resync) at the pace that Google allows."""
