# Sai: ghi đè lên nhãn đưa vào.
def drop_labels(labels, p, null):
    dropped = torch.rand(len(labels)) < p
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    labels[:] = torch.where(dropped, torch.as_tensor(null), labels)
    return labels


def null_mixture(priors, rates):
    joint = priors * (⟦blank⟧ + (1 - ⟦blank⟧) * rates)
    return joint / joint.sum()
