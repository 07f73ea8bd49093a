# Sai: tỉ lệ của những nhãn được giữ.
def drop_labels(labels, p, null):
    dropped = torch.rand(len(labels)) < p
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    return torch.where(dropped, torch.as_tensor(null), labels)


def null_mixture(priors, rates):
    joint = priors * (1 - ⟦blank⟧) * (1 - rates)
    return joint / joint.sum()
