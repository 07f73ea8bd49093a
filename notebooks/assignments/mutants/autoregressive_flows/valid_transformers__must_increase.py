# Sai: đòi τ phải tăng nên loại cả −z.
def classify(a, b):
    valid = a >= 0 and b >= 0 and a + b > 0
    return valid, valid and b != 0, False


def count_preimages(a, b, y):
    if a * b >= 0:
        return 1
    return 3 if abs(y - ⟦offset⟧) < 2 / 3 * abs(b) * math.sqrt(-b / (3 * a)) else 1
