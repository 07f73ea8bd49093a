# Sai: áp free bits cho từng điểm thay vì cho trung bình của lô.
def hvae_loss(reconstruction, kl, step, warmup, free_bits):
    done = 1.0 if warmup == 0 else min(1.0, step / warmup)
    beta = ⟦start⟧ + (1 - ⟦start⟧) * done
    return beta * kl.clamp_min(free_bits).mean(0).sum() - reconstruction.mean()
