"""Says how an integration is doing: diagnosis, health, alerts, weekly mail, statuses, and a round trip as a test."""
