# Sai: lấy số Python nên mất gradient.
def hvae_loss(reconstruction, kl, step, warmup, free_bits):
    done = 1.0 if warmup == 0 else min(1.0, step / warmup)
    beta = ⟦start⟧ + (1 - ⟦start⟧) * done
    total = sum(max(free_bits, v) for v in kl.mean(0).tolist())
    return torch.tensor(beta * total - reconstruction.mean().item(), requires_grad=True)
