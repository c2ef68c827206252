"""The platform: Cloud Tasks, credentials, log lines, threads, and the adapters of an integration."""
