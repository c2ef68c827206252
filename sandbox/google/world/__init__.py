"""What exists: accounts, calendars, events, channels, tokens, and the switches and faults that a test sets."""
