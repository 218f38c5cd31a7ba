"""PDFs that everybody can read: set, with every character of a name, in fonts that are the ones we know."""
