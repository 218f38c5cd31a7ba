"""What an upgrade must leave as it was: for browsers that are open, for the broker, for the rows of the database."""
