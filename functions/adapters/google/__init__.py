"""Google Calendar and Google sign-in."""
