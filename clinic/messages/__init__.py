"""The outbox: every mail is a row before it is a mail, sent once, only if still needed, never with a clinical word."""
