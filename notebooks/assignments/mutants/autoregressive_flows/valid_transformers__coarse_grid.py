# Sai: đếm đổi dấu trên một lưới thưa trong [-3, 3].
def classify(a, b):
    valid = a * b >= 0 and (a, b) != (0, 0)
    return valid, valid and b != 0, valid and a + b < 0


def count_preimages(a, b, y):
    z = torch.linspace(-3.01, 3, 300)
    high = a * z**3 + b * z + ⟦offset⟧ > y
    return int((high[1:] != high[:-1]).sum())
