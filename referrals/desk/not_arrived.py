"""What is next where the office may have nothing from us: title, what to do, moves offered as buttons."""

UNDELIVERED = (
    "The mail did not arrive: correct the address, fax or call",
    "The office has nothing from us. What the mail server said stands under “Mails about this referral”.",
    ("send-again", "fax", "send-otherwise", "accepted", "note"),
)
FAX_FAILED = (
    "The fax did not arrive: correct the number, or call",
    "The office has nothing from us. What the gateway said stands under “Who has which”.",
    ("fax", "send-otherwise", "accepted", "note"),
)
FAX_IT = (
    "Print and fax it, then keep the confirmation",
    "“With a fax cover sheet” below is all of it as one PDF. What the machine prints is the proof that it went.",
    ("proof", "accepted", "declined", "note"),
)
