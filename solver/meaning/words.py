"""Words of texts, told apart by their English stems; those that say nothing by themselves."""

import re

WORD = re.compile(r"[^\W_]+")
EMPTY = frozenset((
    "a", "about", "all", "also", "am", "an", "and", "another", "any", "anybody", "anyone",
    "anything", "are", "as", "at", "be", "been", "best", "both", "but", "by", "can",
    "could", "do", "does", "doing", "done", "down", "each", "every", "few", "find",
    "finding", "for", "from", "get", "getting", "good", "great", "had", "has", "have",
    "having", "help", "helping", "helps", "her", "his", "how", "i", "if", "im", "in",
    "into", "is", "its", "let", "like", "look", "looking", "make", "makes", "making",
    "me", "more", "most", "my", "need", "needed", "needs", "new", "no", "not", "of", "off",
    "offer", "offering", "offers", "on", "one", "or", "other", "our", "out", "over", "per",
    "please", "provide", "provides", "providing", "service", "services", "several", "so",
    "some", "somebody", "someone", "something", "than", "that", "the", "their", "them",
    "then", "there", "they", "this", "to", "two", "under", "up", "us", "use", "used",
    "using", "very", "want", "wanted", "wants", "we", "what", "when", "where", "which",
    "who", "will", "with", "within", "without", "would", "you", "your",
))  # fmt: skip
"""Words that say nothing about what somebody offers or needs."""
ENDINGS = ("ing", "ers", "er", "ies", "es", "s", "ed", "ly", "e")


def stem_of(word: str) -> str:
    """The word without an English ending, if four letters are left: enough to see it again."""
    endings = (ending for ending in ENDINGS if word.endswith(ending))
    ending = next((ending for ending in endings if len(word) - len(ending) >= 4), "")
    return word.removesuffix(ending)
