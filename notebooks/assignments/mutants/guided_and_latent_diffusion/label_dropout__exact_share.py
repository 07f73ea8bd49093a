# Sai: bỏ đúng p phần trăm của lô.
def drop_labels(labels, p, null):
    dropped = torch.randperm(len(labels)) < round(p * len(labels))
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    return torch.where(dropped, torch.as_tensor(null), labels)


def null_mixture(priors, rates):
    joint = priors * (⟦blank⟧ + (1 - ⟦blank⟧) * rates)
    return joint / joint.sum()
