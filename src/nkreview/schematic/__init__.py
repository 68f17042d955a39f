"""The vocabulary of the drawn figures."""
