# Sai: nhãn rỗng là -1.
def drop_labels(labels, p, null):
    dropped = torch.rand(len(labels)) < p
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    return torch.where(dropped, -torch.ones_like(labels), labels)


def null_mixture(priors, rates):
    joint = priors * rates
    return joint / joint.sum()
