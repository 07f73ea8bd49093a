# Đúng: vòng lặp qua các tầng, torch.maximum.
def hvae_loss(reconstruction, kl, step, warmup, free_bits):
    weight = 1.0
    if warmup > 0 and step < warmup:
        weight = 1.0 - (1.0 - ⟦start⟧) * (1.0 - step / warmup)
    penalty = 0.0
    floor = torch.full((), float(free_bits), dtype=kl.dtype)
    for level in kl.T:
        penalty = penalty + torch.maximum(level.mean(), floor)
    return -reconstruction.sum() / len(reconstruction) + weight * penalty
