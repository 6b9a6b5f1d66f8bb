"""What identity seals for itself: links in mails, codes, flows at providers, secrets at rest."""
