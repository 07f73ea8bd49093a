# Sai: cho rằng mất mát nhỏ nhất bằng 0.
def convert(kind, prediction, x, a, sigma):
    """(x̂_0, ε̂, v̂) mà dự đoán ngụ ý."""
    shape = (-1, *[1] * (x.ndim - 1))
    a, sigma = a.reshape(shape), sigma.reshape(shape)
    if kind == "eps":
        x0, eps = (x - sigma * prediction) / a, prediction
    elif kind == "x0":
        x0, eps = prediction, (x - a * prediction) / sigma
    else:
        x0, eps = a * x - sigma * prediction, sigma * x + a * prediction
    return x0, eps, a * eps - sigma * x0


def error_weight(kind, a, sigma):
    """Trọng số mà sai số bình phương của dự đoán đặt lên sai số của x_0, chặn bởi γ."""
    weight = {"eps": a**2 / sigma**2, "x0": 1.0, "v": 1 + a**2 / sigma**2}[kind]
    return min(weight, ⟦gamma⟧)


def smallest_loss(kind, a, sigma, c):
    """Sai số bình phương nhỏ nhất khi dữ liệu là N(0, c²)."""
    left = {"eps": a**2 * c**2, "x0": sigma**2 * c**2, "v": c**2}[kind]
    return 0.0 * left
