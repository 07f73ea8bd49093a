# Đúng: vòng lặp trên từng hàng.
def rank_one_log_det(u, v):
    alpha, d = ⟦alpha⟧, u.shape[1]
    last = [torch.log(abs(alpha + a @ b)) for a, b in zip(u, v)]
    return torch.stack(last) + (d - 1) * math.log(alpha)
