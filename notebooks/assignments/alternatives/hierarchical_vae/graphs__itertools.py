# Đúng: sinh cạnh bằng itertools.
from itertools import combinations, pairwise

order = ("z4", "z3", "z2", "z1", "x")
generative = frozenset(pairwise(order))
bottom_up = frozenset(pairwise(order[::-1]))
skip = tuple(combinations(order, 2))
