"""The probe: finds out on one test booking what i-Reserve does not document. Its result is the dialect."""
