"""What a tenant holds: objects, bookings, customers, users; its clock, hooks, switches and faults."""
