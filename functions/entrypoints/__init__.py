"""Ways in: HTTP functions, console, command line."""
