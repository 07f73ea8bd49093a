# Sai: bỏ luôn cả điểm.
def drop_labels(labels, p, null):
    dropped = torch.rand(len(labels)) < p
    return labels[~dropped]


def null_mixture(priors, rates):
    joint = priors * (⟦blank⟧ + (1 - ⟦blank⟧) * rates)
    return joint / joint.sum()
