"""The outside systems, one package each. They implement the ports of `application/ports`."""
