"""What is stored, one file for each kind of document: links, integrations, calendars, journal, parked items.

One decision is one transaction. Nothing here calls the outside.
"""
