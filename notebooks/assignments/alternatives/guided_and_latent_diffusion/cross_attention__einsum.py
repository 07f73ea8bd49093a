# Đúng: einsum, trừ điểm lớn nhất của chữ thật.
def attention_weights(q, k, mask):
    scores = torch.einsum("bnd,bld->bnl", q, k) * (q.shape[-1] ** -0.5 / ⟦tau⟧)
    hidden = mask.logical_not().unsqueeze(1).expand_as(scores)
    top = torch.where(hidden, torch.full_like(scores, -torch.inf), scores).amax(-1, keepdim=True)
    parts = torch.where(hidden, torch.zeros_like(scores), (scores - top).clamp(max=0).exp())
    return parts / parts.sum(-1, keepdim=True)


def cross_attention(q, k, v, mask):
    return torch.einsum("bnl,ble->bne", attention_weights(q, k, mask), v)
