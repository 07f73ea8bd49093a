# Sai: mỗi lần gọi lại đúng những đồng xu cũ.
def drop_labels(labels, p, null):
    coins = torch.Generator().manual_seed(0)
    dropped = torch.rand(len(labels), generator=coins) < p
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    return torch.where(dropped, torch.as_tensor(null), labels)


def null_mixture(priors, rates):
    joint = priors * (⟦blank⟧ + (1 - ⟦blank⟧) * rates)
    return joint / joint.sum()
