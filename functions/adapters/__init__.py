"""The outside, one package each; they implement the ports of `application/ports` and know nothing of each other."""
