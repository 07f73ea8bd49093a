# Sai: hệ số tiếp tục tăng sau khi hết giai đoạn tăng dần.
def hvae_loss(reconstruction, kl, step, warmup, free_bits):
    beta = ⟦start⟧ + (1 - ⟦start⟧) * (step / warmup if warmup else 1.0)
    return beta * kl.mean(0).clamp_min(free_bits).sum() - reconstruction.mean()
