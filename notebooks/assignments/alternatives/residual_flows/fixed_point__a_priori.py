# Đúng: tính trước số lượt từ bước đầu tiên (cận tiên nghiệm của Banach).
def iterations_needed(L, tol):
    steps, error = 0, 1.0
    while error > tol:
        steps, error = steps + 1, error * L
    return torch.tensor(steps)


def fixed_point_inverse(y, u, L, tol):
    x = y - ⟦inverse_step⟧ * u(y)
    first = float((x - y).norm(dim=1).max())
    total = math.ceil(math.log(max(tol * (1 - L) / (first + 1e-300), 1e-300)) / math.log(L))
    for _ in range(max(total - 1, 0)):
        x = y - ⟦inverse_step⟧ * u(x)
    return x
