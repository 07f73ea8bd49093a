# Sai: trả về số thực.
def drop_labels(labels, p, null):
    dropped = torch.rand(len(labels)) < p
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    return torch.where(dropped, torch.as_tensor(null), labels).float()


def null_mixture(priors, rates):
    joint = priors * (⟦blank⟧ + (1 - ⟦blank⟧) * rates)
    return joint / joint.sum()
