"""An intake on paper: the code on it, the sheet that is printed, and when a question of it is to be answered."""
