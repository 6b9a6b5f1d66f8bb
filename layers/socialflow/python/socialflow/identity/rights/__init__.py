"""What a person may ask of us with their data: a copy of all of it, and that it goes."""
