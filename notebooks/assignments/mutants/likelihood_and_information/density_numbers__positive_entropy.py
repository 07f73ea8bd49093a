# Sai: bỏ dấu của entropy vì tưởng entropy vi phân không thể âm.
density = 19.9471
probability = 0.19741
entropy = abs(0.5 * math.log(2 * math.pi * math.e * 0.0004))
