# Sai: chỉ tính nửa khoảng, mật độ nhân 0.005.
density = 19.9471
probability = density * 0.005
entropy = -2.49309
