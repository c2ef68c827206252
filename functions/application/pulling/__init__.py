"""Pulls the changes of one calendar since its sync token, page by page, and follows each event."""
