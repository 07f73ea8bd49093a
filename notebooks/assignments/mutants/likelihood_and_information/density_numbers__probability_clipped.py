# Sai: không tin mật độ lớn hơn 1 nên chặn lại.
density = min(1.0, 19.9471)
probability = 0.19741
entropy = -2.49309
