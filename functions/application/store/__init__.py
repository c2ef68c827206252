"""What is stored, one file per kind of document: links, integrations, calendars, journal, parked items.

Each decision is one transaction. Nothing here calls the outside.
"""
