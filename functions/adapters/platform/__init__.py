"""What the platform gives: Cloud Tasks, credentials, log lines, threads, and the adapters of one integration."""
