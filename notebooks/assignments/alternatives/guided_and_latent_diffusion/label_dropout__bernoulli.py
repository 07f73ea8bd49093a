# Đúng: đồng xu Bernoulli, sửa trên bản sao.
def drop_labels(labels, p, null):
    kept = labels.clone()
    coins = torch.bernoulli(torch.full((len(labels),), float(p))).bool()
    kept[coins] = torch.as_tensor(null)
    return kept


def null_mixture(priors, rates):
    return torch.nn.functional.normalize(priors * rates, p=1, dim=0)
