# Sai: lấy 2 mũ số nat.
def perplexity(log_probs, lengths):
    real = torch.arange(log_probs.shape[1]) < lengths[:, None]
    nll = -log_probs[real].mean()
    return float(2**nll), float(nll) / math.log(2) / ⟦characters⟧
