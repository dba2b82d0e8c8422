"""What two texts say besides the words that both hold, compiled."""

import numpy as np

from solver.compilation import allocating

DOUBT = 350
"""Permille of a likeness that the unshared words decide, if they are less alike than the whole."""
LIFT = 170
"""Unrelated words are so alike on the scale of whole texts, in permille."""


@allocating
def doubt_pairs(permille, left, right, start, word, stem, vectors):
    """Permille after doubt, for each pair of texts; as it was where one text is all shared."""
    doubted = permille.copy()
    width = vectors.shape[1]
    ours, theirs = np.empty(width), np.empty(width)
    for k in range(len(permille)):
        i, i_end = start[left[k]], start[left[k] + 1]
        j, j_end = start[right[k]], start[right[k] + 1]
        mine = _rest(word, i, i_end, j, j_end, stem, vectors, ours)
        if mine == 0 or mine == i_end - i:
            continue
        if _rest(word, j, j_end, i, i_end, stem, vectors, theirs) == 0:
            continue
        product = squared = turned = 0.0
        for d in range(width):
            product += ours[d] * theirs[d]
            squared += ours[d] * ours[d]
            turned += theirs[d] * theirs[d]
        cosine = product / max(np.sqrt(squared * turned), 1e-9)
        rest = max(0, int((1000 - LIFT) * cosine + LIFT))
        if rest < permille[k]:
            doubted[k] = ((1000 - DOUBT) * permille[k] + DOUBT * rest) // 1000
    return doubted


@allocating
def _rest(word, start, end, others, others_end, stem, vectors, total):
    """Sum the vectors of the words that the other text lacks into ``total``; how many they are."""
    total[:] = 0
    count = 0
    for at in range(start, end):
        unshared = True
        for other in range(others, others_end):
            if stem[word[other]] == stem[word[at]]:
                unshared = False
                break
        if unshared:
            for d in range(vectors.shape[1]):
                total[d] += vectors[word[at], d]
            count += 1
    return count
