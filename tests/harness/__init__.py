"""What suites share: the whole product in one process, with both simulators and a clock that stands still."""
