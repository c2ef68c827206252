"""What a program meets: the documented REST methods, rights, and the gate in front of them."""
