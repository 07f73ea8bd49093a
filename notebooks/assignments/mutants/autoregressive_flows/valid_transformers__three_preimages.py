# Sai: không đơn điệu thì luôn ba nghiệm, với mọi y.
def classify(a, b):
    valid = a * b >= 0 and (a, b) != (0, 0)
    return valid, valid and b != 0, valid and a + b < 0


def count_preimages(a, b, y):
    return 1 if a * b >= 0 else 3
