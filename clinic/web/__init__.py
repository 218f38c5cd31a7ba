"""Every request and its answer: where it comes from, its language, what nobody keeps, the pages for what is wrong."""
