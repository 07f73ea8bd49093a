# Sai: bỏ luôn cả điểm.
def drop_labels(labels, p, null):
    dropped = torch.rand(len(labels)) < p
    return labels[~dropped]


def null_mixture(priors, rates):
    joint = priors * rates
    return joint / joint.sum()
