"""Which patient this browser is: the form or status page it has open, links, details and language."""
