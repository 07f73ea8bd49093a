# Sai: lấy số lớn hơn trong β₀ và step/warmup, nên β đứng yên lúc đầu.
def hvae_loss(reconstruction, kl, step, warmup, free_bits):
    beta = 1.0 if warmup == 0 else max(⟦start⟧, min(1.0, step / warmup))
    return beta * kl.mean(0).clamp_min(free_bits).sum() - reconstruction.mean()
