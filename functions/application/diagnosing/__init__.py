"""Says how an integration is: diagnosis, health, alerts, weekly mail, statuses, and the round trip that tries it."""
