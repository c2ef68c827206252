"""Stand-ins for the services of Google Cloud that have no emulator of Google's own, and how the one that there is starts."""
