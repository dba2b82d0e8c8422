"""Words for people: what is said in English, and how other languages say it."""
