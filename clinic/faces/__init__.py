"""The two faces that pages and letters are set in: cut to the letters we need, from packages pinned by hash."""

SANS, SERIF = "Plumbline Sans", "Plumbline Serif"
FOR_PRINT = "print"  # the folder of the faces for paper, within that of the others
