"""Shared by the suites: the whole product in one process, with both simulators and a clock that only tests move."""
