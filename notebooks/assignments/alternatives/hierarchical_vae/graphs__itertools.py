# Đúng: sinh cạnh bằng itertools, đường tắt là các cặp cách nhau đúng số bậc.
from itertools import combinations, pairwise

order = (*(f"z{level}" for level in range(⟦levels⟧, 0, -1)), "x")
generative = frozenset(pairwise(order))
bottom_up = frozenset(pairwise(order[::-1]))
place = {node: position for position, node in enumerate(order)}
skip = tuple((a, b) for a, b in combinations(order, 2) if place[b] - place[a] in ⟦skips⟧)
