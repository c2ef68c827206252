"""For people: diagnosis, alerts, one booking looked up, held removals, undo, the round trip."""
