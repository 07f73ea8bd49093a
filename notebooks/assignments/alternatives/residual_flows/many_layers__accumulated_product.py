# Đúng: nhân dồn các đạo hàm bằng numpy rồi mới lấy logarit.
def residual_stack(x, u, slope, T, K):
    product = torch.ones_like(x)
    for _ in range(K):
        product, x = product * (1 + slope(x) * T / K), x + u(x) * T / K
    return x.numpy(), product.abs().log().tolist()


def limits(a, T, x):
    return ⟦center⟧ + math.e ** (a * T) * (x - ⟦center⟧), T * a, x, 0
