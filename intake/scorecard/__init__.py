"""Whoever knows how a case ended says so, and the clinical lead reads which rules were right."""
