# Sai: áp free bits cho tổng các tầng.
def hvae_loss(reconstruction, kl, step, warmup, free_bits):
    done = 1.0 if warmup == 0 else min(1.0, step / warmup)
    beta = ⟦start⟧ + (1 - ⟦start⟧) * done
    return beta * kl.mean(0).sum().clamp_min(free_bits * kl.shape[1]) - reconstruction.mean()
