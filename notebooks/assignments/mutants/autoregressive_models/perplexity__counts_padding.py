# Sai: chia cho cả phần đệm.
def perplexity(log_probs, lengths):
    real = torch.arange(log_probs.shape[1]) < lengths[:, None]
    nll = -log_probs[real].sum() / log_probs.numel()
    return float(nll.exp()), float(nll) / math.log(2) / ⟦characters⟧
