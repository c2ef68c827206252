"""For people: diagnosis, alerts, finding a booking, held removals, undo, the round trip."""
