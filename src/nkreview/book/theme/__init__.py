"""What the book changes in its theme and its text."""
