"""The administrator's way in: screens, forms, the JSON API, sessions and words in two languages."""
