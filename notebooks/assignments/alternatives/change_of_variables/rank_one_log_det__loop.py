# Đúng: vòng lặp trên từng hàng.
def rank_one_log_det(u, v):
    return torch.stack([torch.log(abs(1 + a @ b)) for a, b in zip(u, v)])
