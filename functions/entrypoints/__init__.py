"""The ways in: HTTP functions, console, command line. Each verifies its caller and calls one use case."""
