"""Social Flow's domain: one package per context, and `platform` under them all."""
