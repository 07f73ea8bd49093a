# Đúng: biệt thức của phương trình bậc ba; kết quả là tensor.
def classify(a, b):
    one_sign = not (a > 0 > b or a < 0 < b)
    valid = one_sign and abs(a) + abs(b) > 0
    return [torch.tensor(v) for v in (valid, valid and abs(b) > 0, valid and min(a, b) < 0)]


def count_preimages(a, b, y):
    if a == 0:
        return torch.tensor(1)
    discriminant = -4 * a * b**3 - 27 * a**2 * (y - ⟦offset⟧)**2
    return torch.tensor(3 if discriminant > 0 else 1)
