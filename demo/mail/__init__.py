"""The mail server that delivers nothing, and the mailbox in the browser that shows what it kept."""
