"""The listings of offices: typed or from a file, asked again, ranked for a patient by what they did before."""
