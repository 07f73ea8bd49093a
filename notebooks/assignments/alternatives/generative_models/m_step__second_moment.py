# Đúng: phương sai bằng mô-men bậc hai trừ bình phương trung bình.
def m_step(x, r):
    share = r / r.sum(0)
    means = torch.einsum("nk,nd->kd", share, x)
    second = torch.einsum("nk,nd->kd", share, x * x)
    return r.sum(0) / r.sum(), means, second - means**2 + ⟦penalty⟧ / r.sum(0)[:, None]
