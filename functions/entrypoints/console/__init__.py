"""The console: screens, forms, the JSON API, sessions, and texts in two languages."""
