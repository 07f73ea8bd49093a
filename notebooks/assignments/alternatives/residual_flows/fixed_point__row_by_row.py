# Đúng: mỗi hàng dừng riêng, chuẩn của cả lô, kết quả numpy.
def iterations_needed(L, tol):
    return float(math.ceil(math.log2(tol) / math.log2(L)))


def fixed_point_inverse(y, u, L, tol):
    x = y.clone()
    for _ in range(100_000):
        new = y - ⟦inverse_step⟧ * u(x)
        if torch.linalg.norm(new - x) * L <= tol * (1 - L):
            break
        x = new
    return new.numpy()
