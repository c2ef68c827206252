"""The probe: finds out on one test booking what i-Reserve does not document. The result is the dialect."""
