"""What a program meets: the published methods, OAuth, and the gate in front of them."""
