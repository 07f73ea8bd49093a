# Đúng: tính bằng vi phân tự động, float32.
def layer(z):
    return torch.stack([z[0], torch.tanh(z[0]).exp() * z[1] + z[0] ** 2])


J = torch.autograd.functional.jacobian(layer, torch.tensor([⟦z1⟧, ⟦z2⟧]))
log_det = torch.linalg.slogdet(J).logabsdet
