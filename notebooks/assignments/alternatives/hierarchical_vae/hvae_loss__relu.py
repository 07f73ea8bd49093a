# Đúng: max(λ, KL) = λ + relu(KL − λ).
def hvae_loss(reconstruction, kl, step, warmup, free_bits):
    rise = min(step, warmup) * ⟦1 - start⟧
    beta = 1 if not warmup else ⟦start⟧ + rise / warmup
    average = torch.mean(kl, dim=0)
    paid = free_bits + torch.relu(average - free_bits)
    return beta * paid.sum() + (-reconstruction).mean()
