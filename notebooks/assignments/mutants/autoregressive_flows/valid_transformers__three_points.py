# Sai: chỉ so τ tại −1, 0 và 1.
def classify(a, b):
    valid = a + b != 0
    return valid, valid and b != 0, a + b < 0


def count_preimages(a, b, y):
    if a * b >= 0:
        return 1
    return 3 if abs(y - ⟦offset⟧) < 2 / 3 * abs(b) * math.sqrt(-b / (3 * a)) else 1
