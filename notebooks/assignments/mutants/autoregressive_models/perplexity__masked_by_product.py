# Sai: nhân mặt nạ với phần rác, 0 · NaN là NaN.
def perplexity(log_probs, lengths):
    real = (torch.arange(log_probs.shape[1]) < lengths[:, None]).to(log_probs.dtype)
    nll = -(log_probs * real).sum() / real.sum()
    return float(nll.exp()), float(nll) / math.log(2) / ⟦characters⟧
