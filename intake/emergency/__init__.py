"""What danger stands for a patient, the words for it, and its page."""
