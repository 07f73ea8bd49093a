# Sai: áp free bits cho từng điểm thay vì cho trung bình của lô.
def hvae_loss(reconstruction, kl, step, warmup, free_bits):
    beta = 1.0 if warmup == 0 else min(1.0, step / warmup)
    return beta * kl.clamp_min(free_bits).mean(0).sum() - reconstruction.mean()
