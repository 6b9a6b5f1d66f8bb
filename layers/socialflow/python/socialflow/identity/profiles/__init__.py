"""How people show themselves: handles and who may have them, names, links, pictures."""
