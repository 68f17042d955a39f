"""What is of this book only: its models, drawn figures, ledger and theme."""
