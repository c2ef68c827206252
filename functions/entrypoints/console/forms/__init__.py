"""Forms: what is typed on a page, parsed and checked by field."""
