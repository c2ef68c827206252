"""The port `Documents` on Firestore."""
