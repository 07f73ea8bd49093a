# Sai: perplexity cũng đổi sang mỗi ký tự.
def perplexity(log_probs, lengths):
    real = torch.arange(log_probs.shape[1]) < lengths[:, None]
    nll = -log_probs[real].mean() / ⟦characters⟧
    return float(nll.exp()), float(nll) / math.log(2)
