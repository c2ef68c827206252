"""What happens to bookings: made, changed, checked, shown, by programs and people alike."""
