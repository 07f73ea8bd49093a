# Sai: nhân với số ký tự thay vì chia.
def perplexity(log_probs, lengths):
    real = torch.arange(log_probs.shape[1]) < lengths[:, None]
    nll = -log_probs[real].mean()
    return float(nll.exp()), float(nll) * ⟦characters⟧ / math.log(2)
