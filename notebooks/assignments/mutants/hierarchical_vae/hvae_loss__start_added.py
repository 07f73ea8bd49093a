# Sai: cộng β₀ vào step/warmup, nên β tới 1 quá sớm.
def hvae_loss(reconstruction, kl, step, warmup, free_bits):
    beta = 1.0 if warmup == 0 else min(1.0, ⟦start⟧ + step / warmup)
    return beta * kl.mean(0).clamp_min(free_bits).sum() - reconstruction.mean()
