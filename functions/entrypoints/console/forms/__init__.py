"""What is typed on a page, read and checked by field."""
