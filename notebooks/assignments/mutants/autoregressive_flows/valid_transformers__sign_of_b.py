# Sai: chỉ nhìn dấu của b, quên −z³.
def classify(a, b):
    valid = a * b >= 0 and (a, b) != (0, 0)
    return valid, valid and b != 0, valid and b < 0


def count_preimages(a, b, y):
    if a * b >= 0:
        return 1
    return 3 if abs(y - ⟦offset⟧) < 2 / 3 * abs(b) * math.sqrt(-b / (3 * a)) else 1
