"""The ports `Documents` and `Tasks` on one SQLite file, and the workers that run the tasks."""
