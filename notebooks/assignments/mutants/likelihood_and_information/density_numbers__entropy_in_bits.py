# Sai: entropy tính theo bit.
density = 19.9471
probability = 0.19741
entropy = 0.5 * math.log2(2 * math.pi * math.e * 0.0004)
