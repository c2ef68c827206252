"""What rests in the store, each kind of document in a file: links, integrations, calendars, journal, parked items.

One decision is one transaction. Nothing here calls the outside.
"""
