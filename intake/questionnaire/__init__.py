"""The patient's form: start, who answers, pages, check, sign and send."""
