# Sai: quên chuẩn hóa lại.
def top_p(probs, p):
    ordered, index = probs.sort(-1, descending=True)
    before = ordered.cumsum(-1) - ordered
    kept = torch.zeros_like(probs).scatter(-1, index, ordered * (before < p))
    return (1 - ⟦blend⟧) * kept + ⟦blend⟧ * probs
