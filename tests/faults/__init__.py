"""Parts are killed, stopped, emptied and doubled while mails go out; a ledger says what became of each mail.

`python -m tests.faults --rounds 20` prints it for Valkey, Redis and RabbitMQ.
"""
