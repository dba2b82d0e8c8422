"""The compiled inner loop: Kempe moves over whole schedules, in 64-bit integers.

A move takes the meetings ``v-b`` of round ``s`` and ``c-d`` of round ``t`` (``b`` or ``d`` may be
missing) and makes them ``v-c`` and ``b-d``. Where ``s`` and ``t`` differ, one *Kempe piece* of the
two rounds is recoloured first: the meetings of the two rounds form paths and even cycles, and
exchanging the rounds along one of them keeps every round a matching (A. B. Kempe's chains, as used
for edge colouring). The change of points is exact and known before anything is touched, for two
pairs that part and two that join share no triangle.

Arrays are grouped in two named tuples: ``SearchProblem`` never changes, ``State`` is the schedule
with everything worth remembering about it. Columns of ``State.partner`` beyond the last round hold
the pairs met at earlier events: they close triangles but never move.
"""

from typing import Any, NamedTuple

import numpy as np

from solver.compilation import compiled, inline

FREE, KEPT, PINNED = 0, 1, 2
"""A meeting may go; must stay in some round (required); must stay in its round."""
NONE = -1
BACK_FROM, MAY_MEET_FROM, COST_FROM, LOWEST_BITS = 10, 20, 21, 1023
"""Where a word of ``known`` holds ``b(j, i)``, the permission and which cost; a benefit is at most
1000."""
(
    ORGANISATION, KIND, AGREE, BARRED_START, BARRED_ROWS, ADDRESS, SPAN_FROM, SPAN_TO, COSTS,
    COST_START, COST_PARTNER, COST_POINTS, HOUSE, HOUSE_START, MEMBER, WINDOW_START, WINDOW_FROM,
    WINDOW_TO, PLACE, AROUND, DEPTH, PLACE_TABLES, APART, PARTS,
) = range(24)  # fmt: skip
"""The parts of ``SearchProblem.rules``."""
BARRED = -(1 << 60)
"""Worth of a meeting that the rules do not allow."""
SIGN_WORDS = 8
"""A signature fills one line of the processor's cache."""


class SearchProblem(NamedTuple):
    """What the search may not change; benefits are permille, prices are points."""

    known: Any  # uint32[n, n] b(i, j), b(j, i), whether they may meet, which cost; or empty
    start: Any  # int64[n + 1] rows of target, value
    target: Any  # int32[] partners with a benefit, ascending within a row
    value: Any  # int16[] their benefits
    present: Any  # bool[n, R]
    tables: Any  # int64[R]
    open_rounds: Any  # int64[]
    satisfaction: Any  # int64[n, 2] max(best, 500), or 0 without satisfaction; price in percent
    phi: Any  # int64[1001] worth of a satisfaction
    triangle_price: int  # points per permille of g
    bye_points: Any  # int64[] what byes cost, see State.byes
    priced: bool  # some meetings cost something
    floor: int  # permille
    fill: bool
    rematch: bool  # some met pair may meet again: sums of triangles are not cached then
    candidate_start: Any  # int64[n + 1]
    candidate: Any  # int32[] whom to try first
    promised: Any  # int32[n, R] published partner, or empty
    promise_price: int
    other_rounds: int  # tried for a move that chance allows and its own rounds forbid
    strict: bool  # H9 to H11 bind, or a pair is kept apart in one round
    placed: bool  # H11 binds
    # What few moves look at, in one array: every call passes every array. Its first PARTS + 1
    # numbers tell where each part begins; one that plays no role is empty. ORGANISATION [n], or -1;
    # KIND [n], class of languages and group, and AGREE [kinds kinds], which may meet; BARRED_START
    # [n + 1], rows of BARRED_ROWS, partners one may not meet; ADDRESS [n], -1 for none;
    # SPAN_FROM and SPAN_TO [n], places as intervals; COSTS, every cost of pairs once, 0 first;
    # COST_START [n + 1], rows of COST_PARTNER (ascending) and COST_POINTS; HOUSE [n], of whom H9
    # lets one be met; HOUSE_START [houses + 1], rows of MEMBER, where no two houses meet twice;
    # WINDOW_START [n + 1], rows of WINDOW_FROM and WINDOW_TO; PLACE [n], set of tables, -1 for any;
    # AROUND [sets], the next larger set, -1 for none; DEPTH [sets], how many sets hold it;
    # PLACE_TABLES [sets R], open tables; APART, pairs and rounds, (r n + i) n + j, ascending.
    rules: Any
    kinds: int


class State(NamedTuple):
    """A schedule and its running sums."""

    partner: Any  # int32[n, R + m]
    gain: Any  # int32[n, R + m] b(v, partner)
    give: Any  # int32[n, R + m] b(partner, v)
    closing: Any  # int64[n, R] sum of g over the triangles a meeting closes
    lock: Any  # uint8[n, R]
    satisfied: Any  # int64[n] u(v)
    room: Any  # int64[n] meetings one may still take on
    spare: Any  # int64[n] meetings one may lose
    byes: Any  # int64[n] where bye_points has the byes of each: one row for each could(v)
    filled: Any  # int64[R] meetings of each round
    asked: Any  # int64[sets, R] meetings that need a table of each set
    random: Any  # uint64[1]
    chain: Any  # int64[n + 2] scratch
    sign: Any  # uint64[n, SIGN_WORDS] a bit for everybody one has met, shared by several


# --- chance -------------------------------------------------------------------------------------


@inline
def draw(random):
    """Next number of Marsaglia's xorshift64."""
    x = random[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    random[0] = x
    return x


@inline
def below(random, k):
    """A number from 0 to ``k - 1``."""
    return np.int64((draw(random) >> np.uint64(33)) % np.uint64(k))


@inline
def share(random):
    """A number between 0 and 1, never 0."""
    return (np.float64(draw(random) >> np.uint64(11)) + 1.0) * (1.0 / 9007199254740993.0)


# --- values -------------------------------------------------------------------------------------


@inline
def position(values, first, last, wanted):
    """Where ``wanted`` stands in ``values[first:last]``, which rises, or -1."""
    low, high = first, last
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < last and values[low] == wanted else np.int64(NONE)


@inline
def find(start, target, i, j):
    """Where ``j`` stands in row ``i``, or -1."""
    return position(target, start[i], start[i + 1], j)


@inline
def size(p, part):
    """How many numbers a part of the rules has."""
    return p.rules[part + 1] - p.rules[part]


@inline
def entry(p, part, k):
    """The ``k``-th number of a part of the rules."""
    return p.rules[p.rules[part] + k]


@inline
def place_in_row(p, start, partner, i, j):
    """Where ``j`` stands in row ``i`` of two parts of the rules, or -1."""
    begin = p.rules[partner]
    first, last = begin + entry(p, start, i), begin + entry(p, start, i + 1)
    at = position(p.rules, first, last, j)
    return at - begin if at >= 0 else np.int64(NONE)


@inline
def benefit(p, i, j):
    """``b(i, j)`` of a large event, where nothing is kept by pair."""
    at = find(p.start, p.target, i, j)
    return np.int64(p.value[at]) if at >= 0 else np.int64(0)


@inline
def both_benefits(p, i, j):
    """``b(i, j)`` and ``b(j, i)``: one look at memory far away is what most of a move costs."""
    if p.known.shape[0] > 0:
        word = np.int64(p.known[i, j])
        return word & LOWEST_BITS, (word >> BACK_FROM) & LOWEST_BITS
    return benefit(p, i, j), benefit(p, j, i)


@inline
def may_meet(p, i, j):
    """H4; required pairs are placed before the search and never looked for."""
    if i == j:
        return False
    if p.known.shape[0] > 0:
        return ((p.known[i, j] >> MAY_MEET_FROM) & 1) != 0
    if entry(p, ORGANISATION, i) == entry(p, ORGANISATION, j) >= 0:
        return False
    if entry(p, AGREE, entry(p, KIND, i) * p.kinds + entry(p, KIND, j)) == 0:
        return False
    if size(p, ADDRESS) > 0 and entry(p, ADDRESS, i) == entry(p, ADDRESS, j) >= 0:
        return False
    if size(p, SPAN_FROM) > 0 and (
        entry(p, SPAN_FROM, i) >= entry(p, SPAN_TO, j)
        or entry(p, SPAN_FROM, j) >= entry(p, SPAN_TO, i)
    ):
        return False
    return place_in_row(p, BARRED_START, BARRED_ROWS, i, j) < 0


@inline
def mutual(x, y, floor):
    """``w`` of two benefits: the root of a product below 2^52 never rounds up."""
    if x < floor or y < floor:
        return np.int64(0)
    return np.int64(np.sqrt(np.float64(x * y)))


@inline
def weakest(ij, ji, jk, kj, ik, ki, floor):
    """``g`` of three pairs of benefits; 0 below what counts."""
    g = max(min(ij, min(jk, ki)), min(ji, min(kj, ik)))
    return g if g >= floor else np.int64(0)


@inline
def worth(p, v, u):
    """Points of satisfaction of ``v`` at gain ``u``."""
    full = p.satisfaction[v, 0]
    if full == 0:
        return np.int64(0)
    return p.satisfaction[v, 1] * p.phi[min(1000, 1000 * u // full)]


@inline
def cost_of(p, i, j):
    """Points that a meeting of the two costs, where any costs something."""
    if p.known.shape[0] > 0:
        return entry(p, COSTS, np.int64(p.known[i, j]) >> COST_FROM)
    at = place_in_row(p, COST_START, COST_PARTNER, i, j)
    return entry(p, COST_POINTS, at) if at >= 0 else np.int64(0)


@inline
def may_have_met(s, i, j):
    """Tell whether the signature of ``i`` has the bit of ``j``; if not, they have not met."""
    word = s.sign[i, (j >> 6) & (SIGN_WORDS - 1)]
    return (word >> np.uint64(j & 63)) & np.uint64(1) != np.uint64(0)


@compiled
def sign_again(s, i):
    """Write the signature of ``i`` anew."""
    for word in range(SIGN_WORDS):
        s.sign[i, word] = np.uint64(0)
    for a in range(s.partner.shape[1]):
        j = np.int64(s.partner[i, a])
        if j >= 0:
            s.sign[i, (j >> 6) & (SIGN_WORDS - 1)] |= np.uint64(1) << np.uint64(j & 63)


@inline
def share_a_bit(s, i, j):
    """Tell whether two signatures have anything in common; if not, nobody has met both."""
    common = np.uint64(0)
    for word in range(SIGN_WORDS):
        common |= s.sign[i, word] & s.sign[j, word]
    return common != np.uint64(0)


@inline
def has_met(s, i, j, columns):
    """Tell whether ``j`` is among the partners of ``i`` in the first ``columns`` columns."""
    if not may_have_met(s, i, j):
        return False
    wanted, found = np.int32(j), False
    for a in range(columns):  # without an early exit the loop runs several columns at once
        found |= s.partner[i, a] == wanted
    return found


# --- triangles ----------------------------------------------------------------------------------


@inline
def triangles_closed(p, s, i, j, ij, ji, gone, away):
    """Sum of ``g`` that a meeting ``i-j`` closes; ``gone`` and ``away`` count for nobody."""
    columns, rounds = s.partner.shape[1], p.present.shape[1]
    total = np.int64(0)
    if (ij == 0 and ji == 0) or not share_a_bit(s, i, j):
        return total
    again = p.rematch and has_met_before(s, i, j, rounds)
    for a in range(columns):
        k = s.partner[i, a]
        if k < 0 or k in (j, gone, away):
            continue
        if a >= rounds and p.rematch and has_met(s, i, k, rounds):
            continue
        if not has_met(s, j, k, columns):
            continue
        for c in range(columns):
            if s.partner[j, c] == k:
                if not again or (a >= rounds and c >= rounds):
                    total += weakest(
                        ij, ji, s.gain[j, c], s.give[j, c], s.gain[i, a], s.give[i, a], p.floor
                    )
                break
    return total


@inline
def has_met_before(s, i, j, rounds):
    """Tell whether ``i`` and ``j`` met at an earlier event."""
    for a in range(rounds, s.partner.shape[1]):  # noqa: SIM110
        if s.partner[i, a] == j:
            return True
    return False


@compiled
def count_triangles(p, s, i, r, sign):
    """Add (or take away) the triangles of the meeting of ``i`` in round ``r`` on all its sides."""
    columns, rounds = s.partner.shape[1], p.present.shape[1]
    j = s.partner[i, r]
    ij, ji = np.int64(s.gain[i, r]), np.int64(s.give[i, r])
    total = np.int64(0)
    if p.rematch or (ij == 0 and ji == 0):
        return  # with rematches a triangle's sides depend on each other: counted when asked for
    for a in range(columns):
        k = s.partner[i, a]
        if k < 0 or k == j or not has_met(s, j, k, columns):
            continue
        for c in range(columns):
            if s.partner[j, c] != k:
                continue
            g = weakest(ij, ji, s.gain[j, c], s.give[j, c], s.gain[i, a], s.give[i, a], p.floor)
            if g > 0:
                total += g
                if a < rounds:
                    s.closing[i, a] += sign * g
                    s.closing[k, a] += sign * g
                if c < rounds:
                    s.closing[j, c] += sign * g
                    s.closing[k, c] += sign * g
            break
    s.closing[i, r] += sign * total
    s.closing[j, r] += sign * total


# --- companies, breaks, places ------------------------------------------------------------------


@compiled
def ask(p, s, i, j, r, sign):
    """Count (or forget) the tables that a meeting of the two needs in round ``r``."""
    at = place_of(p, i, j)
    while at >= 0:
        s.asked[at, r] += sign
        at = entry(p, AROUND, at)


@inline
def place_of(p, i, j):
    """The smaller of the sets of two people, one of which holds the other; -1 for any table."""
    x, y = entry(p, PLACE, i), entry(p, PLACE, j)
    if x < 0 or (y >= 0 and entry(p, DEPTH, y) > entry(p, DEPTH, x)):
        return y
    return x


@compiled
def ask_along(p, s, first, last, r, q):
    """Count the meetings of ``chain[first:last]`` in the rounds that they are about to be in."""
    for a in range(first, last):
        ask_elsewhere(p, s, s.chain[a], r, q)
        ask_elsewhere(p, s, s.chain[a], q, r)


@inline
def ask_elsewhere(p, s, v, r, q):
    """Count the meeting of ``v`` in round ``r``, once for the two, as one of round ``q``."""
    w = np.int64(s.partner[v, r])
    if w > v:
        ask(p, s, v, w, r, -1)
        ask(p, s, v, w, q, 1)


@compiled
def is_acquainted(p, s, i, j, without_i, without_j):
    """Tell whether ``i`` has met somebody of the house of ``j``, but for two meetings that end.

    Those are of ``i`` and ``without_i`` and of ``j`` and ``without_j``. Where H9 is about pairs
    of houses, whether anybody of the two houses has met.
    """
    own, other = entry(p, HOUSE, i), entry(p, HOUSE, j)
    if own == other:
        return False
    rounds = p.present.shape[1]
    if size(p, HOUSE_START) == 0:
        return has_met_house(p, s, i, other, without_i, rounds)
    for a in range(entry(p, HOUSE_START, own), entry(p, HOUSE_START, own + 1)):
        m = entry(p, MEMBER, a)
        for b in range(rounds):
            k = np.int64(s.partner[m, b])
            if k < 0 or entry(p, HOUSE, k) != other:
                continue
            ends = (m == i and k == without_i) or (m == without_i and k == i)
            ends = ends or (m == j and k == without_j) or (m == without_j and k == j)
            if not ends:
                return True
    return False


@inline
def has_met_house(p, s, i, house, without, rounds):
    """Tell whether ``i`` has met somebody of a house besides ``without``."""
    for a in range(rounds):
        k = np.int64(s.partner[i, a])
        if k >= 0 and k != without and entry(p, HOUSE, k) == house:
            return True
    return False


@compiled
def may_begin(p, s, v, c, b, d):
    """Tell whether H9 lets ``v`` and ``c`` meet once they have left ``b`` and ``d``."""
    if size(p, HOUSE) == 0:
        return True
    return not is_acquainted(p, s, v, c, b, d) and not is_acquainted(p, s, c, v, d, b)


@compiled
def may_join(p, s, b, d, v, c):
    """The same of those who are left, while ``v`` and ``c`` meet."""
    if size(p, HOUSE) == 0:
        return True
    if size(p, HOUSE_START) > 0 and entry(p, HOUSE, b) != entry(p, HOUSE, d):
        same = entry(p, HOUSE, b) == entry(p, HOUSE, v) and entry(p, HOUSE, d) == entry(p, HOUSE, c)
        if same or (
            entry(p, HOUSE, b) == entry(p, HOUSE, c) and entry(p, HOUSE, d) == entry(p, HOUSE, v)
        ):
            return False
    return not is_acquainted(p, s, b, d, v, c) and not is_acquainted(p, s, d, b, c, v)


@compiled
def rests(p, s, v, r):
    """Tell whether every window of ``v`` has a round without a meeting besides round ``r``.

    Of the windows that hold ``r``; of all of them where ``r`` is -1.
    """
    for a in range(entry(p, WINDOW_START, v), entry(p, WINDOW_START, v + 1)):
        first, last = entry(p, WINDOW_FROM, a), entry(p, WINDOW_TO, a)
        if r >= 0 and not first <= r <= last:
            continue
        busy = True
        for q in range(first, last + 1):
            if q != r and s.partner[v, q] < 0:
                busy = False
                break
        if busy:
            return False
    return True


@compiled
def has_place(p, s, i, j, r):
    """Tell whether the sets of two idle people leave them a table in round ``r``."""
    if not p.placed:
        return True
    at = place_of(p, i, j)
    while at >= 0:
        if s.asked[at, r] >= entry(p, PLACE_TABLES, at * p.present.shape[1] + r):
            return False
        at = entry(p, AROUND, at)
    return True


@compiled
def places_suffice(p, s, r):
    """Tell whether no set of tables is asked for more than it has in round ``r``."""
    for k in range(size(p, AROUND)):
        if s.asked[k, r] > entry(p, PLACE_TABLES, k * p.present.shape[1] + r):
            return False
    return True


@compiled
def is_apart(p, i, j, r):
    """Tell whether the two must not meet in this very round."""
    n = p.present.shape[0]
    wanted = (r * n + min(i, j)) * n + max(i, j)
    return position(p.rules, p.rules[APART], p.rules[APART + 1], wanted) >= 0


@compiled
def fits(p, s, i, j, r):
    """Tell whether H9 to H11 let two idle people meet in round ``r``, the schedule as it is."""
    none = np.int64(NONE)
    if not may_begin(p, s, i, j, none, none) or is_apart(p, i, j, r):
        return False
    return rests(p, s, i, r) and rests(p, s, j, r) and has_place(p, s, i, j, r)


@inline
def keeps_apart(p, s, v, r):
    """Tell whether the meeting of ``v`` in round ``r``, if any, may be there."""
    w = np.int64(s.partner[v, r])
    return w < 0 or not is_apart(p, v, w, r)


@compiled
def obeys(p, s, v, b, c, d, first, last, r, q):
    """Tell whether H10, H11 and the pairs kept apart hold after a move.

    Of ``v``, ``b``, ``c`` and ``d`` meetings began or ended; along ``chain[first:last]`` the two
    rounds were exchanged.
    """
    if not places_suffice(p, s, r) or not places_suffice(p, s, q):
        return False
    none = np.int64(NONE)
    for x in (v, b, c, d):
        if x >= 0 and not (
            rests(p, s, x, none) and keeps_apart(p, s, x, r) and keeps_apart(p, s, x, q)
        ):
            return False
    for a in range(first, last):
        x = s.chain[a]
        if not (keeps_apart(p, s, x, r) and keeps_apart(p, s, x, q)):
            return False
        # whoever meets in both rounds, or in neither, is as busy as before
        if (s.partner[x, r] < 0) != (s.partner[x, q] < 0) and not rests(p, s, x, none):
            return False
    return True


# --- changing the schedule ----------------------------------------------------------------------


@compiled
def join(p, s, i, j, r):
    """Let two idle attendees meet in round ``r``."""
    ij, ji = both_benefits(p, i, j)
    s.partner[i, r], s.partner[j, r] = j, i
    s.gain[i, r], s.give[i, r] = ij, ji
    s.gain[j, r], s.give[j, r] = ji, ij
    if mutual(ij, ji, p.floor) > 0:
        s.satisfied[i] += ij
        s.satisfied[j] += ji
    for v in (i, j):
        s.room[v] -= 1
        s.spare[v] += 1
        s.byes[v] -= 1
    s.filled[r] += 1
    if p.placed:
        ask(p, s, i, j, r, 1)
    sign_again(s, i)
    sign_again(s, j)
    count_triangles(p, s, i, r, 1)


@compiled
def join_all(p, s, first, second, r):
    """Let idle pairs that share nobody meet in round ``r``."""
    for k in range(first.shape[0]):
        join(p, s, np.int64(first[k]), np.int64(second[k]), r)


@compiled
def part(p, s, i, r):
    """End the meeting of ``i`` in round ``r``."""
    j = np.int64(s.partner[i, r])
    count_triangles(p, s, i, r, -1)
    ij, ji = np.int64(s.gain[i, r]), np.int64(s.give[i, r])
    if mutual(ij, ji, p.floor) > 0:
        s.satisfied[i] -= ij
        s.satisfied[j] -= ji
    for v in (i, j):
        s.partner[v, r] = NONE
        s.gain[v, r] = 0
        s.give[v, r] = 0
        s.closing[v, r] = 0
        s.room[v] += 1
        s.spare[v] -= 1
        s.byes[v] += 1
        sign_again(s, v)
    s.filled[r] -= 1
    if p.placed:
        ask(p, s, i, j, r, -1)


@compiled
def exchange_rounds(s, v, r, q):
    """Swap what ``v`` does in two rounds."""
    s.partner[v, r], s.partner[v, q] = s.partner[v, q], s.partner[v, r]
    s.gain[v, r], s.gain[v, q] = s.gain[v, q], s.gain[v, r]
    s.give[v, r], s.give[v, q] = s.give[v, q], s.give[v, r]
    s.closing[v, r], s.closing[v, q] = s.closing[v, q], s.closing[v, r]
    s.lock[v, r], s.lock[v, q] = s.lock[v, q], s.lock[v, r]


@compiled
def recolour(s, first, last, r, q):
    """Exchange rounds ``r`` and ``q`` along ``chain[first:last]``."""
    ends = np.int64(0)
    for a in range(first, last):
        v = s.chain[a]
        ends += np.int64(s.partner[v, q] >= 0) - np.int64(s.partner[v, r] >= 0)
        exchange_rounds(s, v, r, q)
    s.filled[r] += ends // 2
    s.filled[q] -= ends // 2


# --- Kempe pieces -------------------------------------------------------------------------------

IMPOSSIBLE, WHOLE, INNER = 0, 1, 2
LONGEST_CHAIN = 3000


@compiled
def walk(s, v, c, first, other, length):
    """Follow the piece of two rounds from ``c``, by its meeting in round ``first``.

    Returns the chain's length and how it ended: 0 at somebody idle, 1 back at ``c``, 2 at ``v``
    by the meeting of round ``first``, 3 at ``v`` by the other round, 4 given up.
    """
    x, k = c, first
    while True:
        y = np.int64(s.partner[x, k])
        if y < 0:
            return length, 0
        if y == c:
            return length, 1
        if length >= LONGEST_CHAIN or length >= s.chain.shape[0]:
            return length, 4
        s.chain[length] = y
        length += 1
        if y == v:
            return length, 2 if k == first else 3
        x, k = y, (other if k == first else first)


@compiled
def piece(p, s, v, c, r, q):
    """Find what to recolour so that ``v`` (of round ``r``) and ``c`` (of ``q``) can meet.

    ``WHOLE``: exchanging the rounds of ``chain[:length]`` brings the meeting of ``c`` to round
    ``r``. ``INNER``: ``v`` lies on the way; after both meetings ended, exchanging
    ``chain[1:length]`` frees ``v`` and ``c`` in round ``q``, their partners in ``r``.
    """
    s.chain[0] = c
    length, end = walk(s, v, c, q, r, 1)
    if end == 2:
        for a in range(1, length):
            w = s.chain[a]
            if (a > 1 and s.lock[w, q] == PINNED) or (a < length - 1 and s.lock[w, r] == PINNED):
                return length, IMPOSSIBLE
        return length, INNER
    if end >= 3:
        return length, IMPOSSIBLE
    if end == 0:
        length, end = walk(s, v, c, r, q, length)
        if end >= 2:
            return length, IMPOSSIBLE
    for a in range(length):
        w = s.chain[a]
        if s.partner[w, r] >= 0 and (not p.present[w, q] or s.lock[w, r] == PINNED):
            return length, IMPOSSIBLE
        if s.partner[w, q] >= 0 and (not p.present[w, r] or s.lock[w, q] == PINNED):
            return length, IMPOSSIBLE
    return length, WHOLE if p.present[c, r] else IMPOSSIBLE


@compiled
def tables_suffice(p, s, length, r, q, more):
    """Tell whether both rounds have tables once ``chain[:length]`` is exchanged, ``more`` in r."""
    ends = np.int64(0)
    for a in range(length):
        v = s.chain[a]
        ends += np.int64(s.partner[v, q] >= 0) - np.int64(s.partner[v, r] >= 0)
    in_r = s.filled[r] + ends // 2 + more
    in_q = s.filled[q] - ends // 2
    return in_r <= p.tables[r] and in_q <= p.tables[q]


# --- one move -----------------------------------------------------------------------------------


@inline
def bye_change(p, s, v, change):
    """Points won when the byes of ``v`` change by ``change``."""
    return p.bye_points[s.byes[v]] - p.bye_points[s.byes[v] + change]


@inline
def value_of(p, s, v, r):
    """Points of mutual value that the meeting of ``v`` in round ``r`` is worth."""
    return 100 * mutual(np.int64(s.gain[v, r]), np.int64(s.give[v, r]), p.floor)


@inline
def mutual_gain(x, y, floor):
    """What counts for satisfaction when one gains ``x`` and gives ``y``."""
    return x if x >= floor and y >= floor and x * y > 0 else np.int64(0)


@inline
def can_join(p, s, b, d, v, c):
    """Tell whether the two who are left by ``v`` and ``c`` may meet each other, and should."""
    if b < 0 or d < 0 or not may_meet(p, b, d) or has_met(s, b, d, p.present.shape[1]):
        return False
    if p.strict and not may_join(p, s, b, d, v, c):
        return False
    bd, db = both_benefits(p, b, d)
    return p.fill or bd > 0 or db > 0


@inline
def cost_won(p, v, b, c, d, joined):
    """Points won by what the meetings that end cost, less what those that begin cost."""
    won = -cost_of(p, v, c)
    if b >= 0:
        won += cost_of(p, v, b)
    if d >= 0:
        won += cost_of(p, c, d)
    if joined:
        won -= cost_of(p, b, d)
    return won


@inline
def change(p, s, v, b, r, c, d, q, joined):
    """Exact change of points of one move, before anything is touched."""
    vc, cv = both_benefits(p, v, c)
    won = 100 * mutual(vc, cv, p.floor)
    of_v = s.satisfied[v] + mutual_gain(vc, cv, p.floor)
    of_c = s.satisfied[c] + mutual_gain(cv, vc, p.floor)
    of_b, of_d = np.int64(0), np.int64(0)
    if b >= 0:
        won -= value_of(p, s, v, r)
        of_v -= mutual_gain(np.int64(s.gain[v, r]), np.int64(s.give[v, r]), p.floor)
        of_b = s.satisfied[b] - mutual_gain(np.int64(s.give[v, r]), np.int64(s.gain[v, r]), p.floor)
    else:
        won += bye_change(p, s, v, -1)
    if d >= 0:
        won -= value_of(p, s, c, q)
        of_c -= mutual_gain(np.int64(s.gain[c, q]), np.int64(s.give[c, q]), p.floor)
        of_d = s.satisfied[d] - mutual_gain(np.int64(s.give[c, q]), np.int64(s.gain[c, q]), p.floor)
    else:
        won += bye_change(p, s, c, -1)
    if joined:
        bd, db = both_benefits(p, b, d)
        won += 100 * mutual(bd, db, p.floor)
        of_b += mutual_gain(bd, db, p.floor)
        of_d += mutual_gain(db, bd, p.floor)
    else:
        if b >= 0:
            won += bye_change(p, s, b, 1)
        if d >= 0:
            won += bye_change(p, s, d, 1)
    won += worth(p, v, of_v) - worth(p, v, s.satisfied[v])
    won += worth(p, c, of_c) - worth(p, c, s.satisfied[c])
    if b >= 0:
        won += worth(p, b, of_b) - worth(p, b, s.satisfied[b])
    if d >= 0:
        won += worth(p, d, of_d) - worth(p, d, s.satisfied[d])
    return won + p.triangle_price * triangles_won(p, s, v, b, r, c, d, q, joined)


@inline
def triangles_won(p, s, v, b, r, c, d, q, joined):
    """Change of the sum of ``g``: the pairs that part and the pairs that join share no triangle."""
    if p.rematch:
        return triangles_won_counting(p, s, v, b, r, c, d, q, joined)
    vc, cv = both_benefits(p, v, c)
    won = triangles_closed(p, s, v, c, vc, cv, b, d)
    if joined:
        bd, db = both_benefits(p, b, d)
        won += triangles_closed(p, s, b, d, bd, db, v, c)
    if b >= 0:
        won -= s.closing[v, r]
    if d >= 0:
        won -= s.closing[c, q]
    return won


@compiled
def triangles_won_counting(p, s, v, b, r, c, d, q, joined):
    """The same where a pair may count as met before and meet again: with both meetings away."""
    meet_apart(s, v, b, r)
    meet_apart(s, c, d, q)
    won = triangles_of_pair(p, s, v, c)
    if joined:
        won += triangles_of_pair(p, s, b, d)
    if b >= 0:
        won -= triangles_of_pair(p, s, v, b)
        s.partner[v, r], s.partner[b, r] = b, v
    if d >= 0:
        won -= triangles_of_pair(p, s, c, d)
        s.partner[c, q], s.partner[d, q] = d, c
    return won


@compiled
def meet_apart(s, v, b, r):
    """Take the meeting of ``v`` and ``b``, if any, out of sight for a moment."""
    if b >= 0:
        s.partner[v, r] = NONE
        s.partner[b, r] = NONE


@compiled
def triangles_of_pair(p, s, i, j):
    """What a meeting of ``i`` and ``j`` would close now."""
    none = np.int64(NONE)
    ij, ji = both_benefits(p, i, j)
    return triangles_closed(p, s, i, j, ij, ji, none, none)


@inline
def promises_kept(p, v, b, c, d, r, joined):
    """Points of promises won by a move within one round."""
    kept = np.int64(p.promised[v, r] == c)
    if joined:
        kept += np.int64(p.promised[b, r] == d)
    if b >= 0:
        kept -= np.int64(p.promised[v, r] == b)
    if d >= 0:
        kept -= np.int64(p.promised[c, r] == d)
    return kept * p.promise_price


@inline
def permitted(s, v, b, r, c, d, q, joined):
    """Tell whether limits and locks of the four people allow the move."""
    if b >= 0:
        if s.lock[v, r] != FREE or (not joined and s.spare[b] < 1):
            return False
    elif s.room[v] < 1:
        return False
    if d >= 0:
        if s.lock[c, q] != FREE or (not joined and s.spare[d] < 1):
            return False
    elif s.room[c] < 1:
        return False
    return True


@compiled
def carry_out(p, s, v, b, r, c, d, q, joined):
    """Make the move if rounds and tables allow; tells whether it was made."""
    more = 1 + np.int64(joined) - np.int64(b >= 0) - np.int64(d >= 0)
    length, kind, first, home, away = 0, WHOLE, 0, r, r
    if r != q:
        length, kind = piece(p, s, v, c, r, q)
        if kind == IMPOSSIBLE:
            return False
        if kind == INNER:
            first, home, away = 1, q, r
    if kind == WHOLE and not tables_suffice(p, s, length, r, q, more):
        return False
    if b >= 0:
        part(p, s, v, r)
    if d >= 0:
        part(p, s, c, q)
    if p.placed:
        ask_along(p, s, first, length, r, q)
    recolour(s, first, length, r, q)
    join(p, s, v, c, home)
    if joined:
        join(p, s, b, d, away)
    if not p.strict or obeys(p, s, v, b, c, d, first, length, r, q):
        return True
    take_back(p, s, v, b, r, c, d, q, joined, first, length, home, away)
    return False


@compiled
def take_back(p, s, v, b, r, c, d, q, joined, first, length, home, away):
    """Undo a move that breaks a rule; ``chain[first:length]`` is what it recoloured."""
    part(p, s, v, home)
    if joined:
        part(p, s, b, away)
    if p.placed:
        ask_along(p, s, first, length, r, q)
    recolour(s, first, length, r, q)
    if b >= 0:
        join(p, s, v, b, r)
    if d >= 0:
        join(p, s, c, d, q)


@inline
def propose(p, s, guided, within):
    """Draw two people and a round for each: ``v, r, c, q``."""
    n, rounds = p.present.shape[0], p.open_rounds.shape[0]
    v = below(s.random, n)
    r = p.open_rounds[below(s.random, rounds)]
    first, last = p.candidate_start[v], p.candidate_start[v + 1]
    if last > first and share(s.random) < guided:
        c = np.int64(p.candidate[first + below(s.random, last - first)])
    else:
        c = below(s.random, n)
    q = r
    if share(s.random) >= within:
        q = p.open_rounds[below(s.random, rounds)]
    return v, r, c, q


@compiled
def try_move(p, s, temperature, guided, within):
    """Draw a move and make it if chance and rules allow; returns the points won."""
    nothing = np.int64(0)
    v, r, c, q = propose(p, s, guided, within)
    if not p.present[v, r] or not p.present[c, q]:
        return nothing
    if not may_meet(p, v, c) or has_met(s, v, c, p.present.shape[1]):
        return nothing
    b, d = np.int64(s.partner[v, r]), np.int64(s.partner[c, q])
    if b >= 0 and b == d:
        return nothing
    if p.strict and not may_begin(p, s, v, c, b, d):
        return nothing
    joined = can_join(p, s, b, d, v, c)
    if not permitted(s, v, b, r, c, d, q, joined):
        return nothing
    won = change(p, s, v, b, r, c, d, q, joined)
    if p.priced:
        won += cost_won(p, v, b, c, d, joined)
    if p.promise_price > 0:
        won += promises_kept(p, v, b, c, d, r, joined)
    if not accepted(s, won, temperature):
        return nothing
    return won if carry_out_somewhere(p, s, v, b, r, c, d, q, joined) else nothing


@compiled
def carry_out_somewhere(p, s, v, b, r, c, d, q, joined):
    """Make the move, if need be after the meeting ``c-d`` went to another round; tells if made."""
    if carry_out(p, s, v, b, r, c, d, q, joined):
        return True
    if r == q:
        return False
    for _ in range(p.other_rounds):
        t = p.open_rounds[below(s.random, p.open_rounds.shape[0])]
        if t in (r, q) or not take_elsewhere(p, s, c, q, t):
            continue
        q = t
        if carry_out(p, s, v, b, r, c, d, q, joined):
            return True
    return False


@compiled
def take_elsewhere(p, s, c, q, t):
    """Exchange rounds ``q`` and ``t`` along the piece of ``c``, at no change of points."""
    length, kind = piece(p, s, np.int64(NONE), c, t, q)
    if kind == IMPOSSIBLE or not tables_suffice(p, s, length, t, q, np.int64(0)):
        return False
    if p.placed:
        ask_along(p, s, 0, length, t, q)
    recolour(s, 0, length, t, q)
    none = np.int64(NONE)
    if not p.strict or obeys(p, s, c, none, none, none, 0, length, t, q):
        return True
    if p.placed:
        ask_along(p, s, 0, length, t, q)
    recolour(s, 0, length, t, q)
    return False


@inline
def accepted(s, won, temperature):
    """Metropolis' rule; at temperature 0 only what wins something."""
    if temperature <= 0:
        return won > 0
    return won >= 0 or won > temperature * np.log(share(s.random))


@compiled
def anneal(p, s, steps, temperature, guided, within):
    """Try ``steps`` moves at one temperature (points); returns the points won, promises priced.

    A share ``guided`` of the moves takes ``c`` from the candidates of ``v``; a share ``within``
    stays in one round.
    """
    won = np.int64(0)
    for _ in range(steps):
        won += try_move(p, s, temperature, guided, within)
    return won


# --- starts -------------------------------------------------------------------------------------


@compiled
def first_common_round(p, s, i, j, turn):
    """An open round, from the ``turn``-th on, in which both are free and a table is; or -1."""
    count = p.open_rounds.shape[0]
    for a in range(count):
        r = p.open_rounds[(a + turn) % count]
        idle = s.partner[i, r] < 0 and s.partner[j, r] < 0
        here = p.present[i, r] and p.present[j, r] and s.filled[r] < p.tables[r]
        if idle and here and (not p.strict or fits(p, s, i, j, r)):
            return r
    return np.int64(NONE)


@compiled
def place_in_order(p, s, first, second, turn):
    """Give the pairs, best first, a round each, looking from the ``turn``-th open round on."""
    rounds = p.present.shape[1]
    for k in range(first.shape[0]):
        i, j = np.int64(first[k]), np.int64(second[k])
        if s.room[i] < 1 or s.room[j] < 1:
            continue
        if not may_meet(p, i, j) or has_met(s, i, j, rounds):
            continue
        r = first_common_round(p, s, i, j, turn[k])
        if r >= 0:
            join(p, s, i, j, r)


MOST_TRIES = 2000


@compiled
def fill_idle(p, s):
    """Pair up whoever sits idle, round by round, with the first who may meet them."""
    n, rounds = p.present.shape
    idle = s.chain
    for r in p.open_rounds:
        count = 0
        for v in range(n):
            if p.present[v, r] and s.partner[v, r] < 0 and s.room[v] > 0:
                idle[count] = v
                count += 1
        for a in range(count):
            v = idle[a]
            if s.partner[v, r] >= 0 or s.filled[r] >= p.tables[r]:
                continue
            for z in range(a + 1, min(count, a + MOST_TRIES)):
                c = idle[z]
                if s.partner[c, r] >= 0 or not may_meet(p, v, c) or has_met(s, v, c, rounds):
                    continue
                if p.strict and not fits(p, s, v, c, r):
                    continue
                if not p.priced or pays(p, s, v, c):
                    join(p, s, v, c, r)
                    break


@inline
def pays(p, s, i, j):
    """Tell whether the byes that an open conversation saves are worth what the pair costs."""
    cost = cost_of(p, i, j)
    return cost == 0 or bye_change(p, s, i, -1) + bye_change(p, s, j, -1) >= cost


# --- one round at a time ------------------------------------------------------------------------


@compiled
def worths_of_meeting(p, s, first, second, r, worths):
    """Points that each pair would add to round ``r``; ``BARRED`` if the rules forbid it there."""
    rounds = p.present.shape[1]
    for k in range(first.shape[0]):
        i, j = np.int64(first[k]), np.int64(second[k])
        worths[k] = BARRED
        free = s.partner[i, r] < 0 and s.partner[j, r] < 0
        if not free or not p.present[i, r] or not p.present[j, r]:
            continue
        if s.room[i] < 1 or s.room[j] < 1:
            continue
        if not may_meet(p, i, j) or has_met(s, i, j, rounds):
            continue
        if p.strict and not fits(p, s, i, j, r):
            continue
        ij, ji = both_benefits(p, i, j)
        worths[k] = (
            100 * mutual(ij, ji, p.floor)
            + p.triangle_price * triangles_of_pair(p, s, i, j)
            + bye_change(p, s, i, -1)
            + bye_change(p, s, j, -1)
            + worth(p, i, s.satisfied[i] + mutual_gain(ij, ji, p.floor))
            - worth(p, i, s.satisfied[i])
            + worth(p, j, s.satisfied[j] + mutual_gain(ji, ij, p.floor))
            - worth(p, j, s.satisfied[j])
        )
        if p.priced:
            worths[k] -= cost_of(p, i, j)
