# Đúng: dùng độ lệch chuẩn có sẵn và trung bình log mật độ.
def fit_affine(x):
    a, b = torch.std_mean(x, correction=0)
    return a / ⟦fit_variance⟧**0.5, b, -torch.distributions.Normal(b, a).log_prob(x).mean()
