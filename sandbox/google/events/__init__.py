"""What happens to events: written, listed, shown, shared with guests; for programs and people alike."""
