# Đúng: đồng xu Bernoulli, sửa trên bản sao.
def drop_labels(labels, p, null):
    kept = labels.clone()
    coins = torch.bernoulli(torch.full((len(labels),), float(p))).bool()
    kept[coins] = torch.as_tensor(null)
    return kept


def null_mixture(priors, rates):
    unseen = torch.lerp(rates, torch.ones_like(rates), ⟦blank⟧)
    return torch.nn.functional.normalize(unseen * priors, p=1, dim=0)
