"""The probe: what i-Reserve documents nowhere, found out on one test booking; the dialect is what it found."""
