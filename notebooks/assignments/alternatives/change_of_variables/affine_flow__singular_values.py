# Đúng: tích các giá trị kỳ dị.
def affine_flow(z, A, b):
    log_det = torch.linalg.svdvals(A).log().sum() + len(A) * math.log(⟦temperature⟧)
    return ⟦temperature⟧ * (A @ z.T).T + b[None], log_det.repeat(len(z))
