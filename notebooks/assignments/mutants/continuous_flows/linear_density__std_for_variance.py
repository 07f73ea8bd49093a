# Sai: e^{bt} là độ lệch chuẩn, không phải phương sai.
def linear_log_prob(x, B):
    """log p₁(x) của luồng u(x) = Bx, kích thước (n,)."""
    z = x @ torch.matrix_exp(-B).T
    D = x.shape[1]
    return -0.5 * z.square().sum(1) / ⟦variance⟧ - 0.5 * D * math.log(2 * math.pi * ⟦variance⟧) - B.trace()


def two_rates(x, t, b):
    """(d/dt log p_t dọc hạt, ∂_t log p_t tại chỗ)."""
    variance = ⟦variance⟧ * math.exp(b * t)  # phương sai của x_t
    along = -b
    return along, along - (b * x) * (-x / variance)
