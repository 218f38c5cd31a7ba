"""The patient's form: start, who answers, pages, words not sent yet, check, sign and send."""
