"""Which patient this browser is: links, dates of birth, what is open here."""
