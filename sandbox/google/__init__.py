"""The simulated Google: OAuth, Calendar API v3, watch channels and a page, in memory."""
