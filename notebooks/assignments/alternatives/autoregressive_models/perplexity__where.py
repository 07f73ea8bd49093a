# Đúng: thay phần rác bằng 0 rồi cộng.
def perplexity(log_probs, lengths):
    place = torch.arange(log_probs.shape[1]).expand_as(log_probs)
    kept = torch.where(place < lengths.unsqueeze(1), log_probs, 0.0)
    nll = -kept.sum() / lengths.sum()
    return torch.stack([nll.exp(), nll * math.log2(math.e) / torch.tensor(⟦characters⟧)])
