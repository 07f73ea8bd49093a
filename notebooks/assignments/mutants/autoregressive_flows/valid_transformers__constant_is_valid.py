# Sai: coi hàm hằng (a = b = 0) cũng đơn điệu chặt.
def classify(a, b):
    valid = a * b >= 0
    return valid, valid and b != 0, valid and a + b < 0


def count_preimages(a, b, y):
    if a * b >= 0:
        return 1
    return 3 if abs(y - ⟦offset⟧) < 2 / 3 * abs(b) * math.sqrt(-b / (3 * a)) else 1
