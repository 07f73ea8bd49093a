# Đúng: một giá trị bị bỏ khi các giá trị lớn hơn nó đã đủ p.
def top_p(probs, p):
    larger = probs[:, None, :] > probs[:, :, None]
    mass_above = (probs[:, None, :] * larger).sum(-1)
    kept = torch.where(mass_above < p, probs, torch.zeros_like(probs))
    return kept / kept.sum(1, keepdim=True) * (1 - ⟦blend⟧) + probs * torch.tensor(⟦blend⟧)
