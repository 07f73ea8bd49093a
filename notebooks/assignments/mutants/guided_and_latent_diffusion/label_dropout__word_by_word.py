# Sai: câu bị bỏ từng chữ một.
def drop_labels(labels, p, null):
    dropped = torch.rand(labels.shape) < p
    return torch.where(dropped, torch.as_tensor(null), labels)


def null_mixture(priors, rates):
    joint = priors * (⟦blank⟧ + (1 - ⟦blank⟧) * rates)
    return joint / joint.sum()
