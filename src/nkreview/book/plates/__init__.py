"""The review's four figures, drawn anew."""
