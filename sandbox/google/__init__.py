"""The simulated Google: OAuth, Calendar API v3 and watch channels, as a program of its own."""
