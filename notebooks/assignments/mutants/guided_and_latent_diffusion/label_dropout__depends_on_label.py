# Sai: nhãn lớn thì hay bị bỏ hơn.
def drop_labels(labels, p, null):
    dropped = torch.rand(len(labels)) < p * labels.reshape(len(labels), -1)[:, 0] / 4.5
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    return torch.where(dropped, torch.as_tensor(null), labels)


def null_mixture(priors, rates):
    joint = priors * (⟦blank⟧ + (1 - ⟦blank⟧) * rates)
    return joint / joint.sum()
