"""The ways in: HTTP functions, the console, the command line. Each verifies, calls one use case, and says what came of it."""
