"""Changes of one calendar since its sync token, page by page, and what each event asks for."""
