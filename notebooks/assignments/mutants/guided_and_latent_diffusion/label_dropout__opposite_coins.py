# Sai: nửa sau của lô dùng đồng xu đối của nửa đầu.
def drop_labels(labels, p, null):
    coins = torch.rand((len(labels) + 1) // 2)
    dropped = torch.cat([coins, 1 - coins])[: len(labels)] < p
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    return torch.where(dropped, torch.as_tensor(null), labels)


def null_mixture(priors, rates):
    joint = priors * (⟦blank⟧ + (1 - ⟦blank⟧) * rates)
    return joint / joint.sum()
