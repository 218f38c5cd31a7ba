"""What danger stands for a patient, the words for it, and what the emergency page says and does."""
