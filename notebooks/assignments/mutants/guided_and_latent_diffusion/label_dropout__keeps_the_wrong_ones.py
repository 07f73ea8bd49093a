# Sai: giữ chỗ đáng bỏ, bỏ chỗ đáng giữ.
def drop_labels(labels, p, null):
    dropped = torch.rand(len(labels)) < p
    dropped = dropped.reshape(-1, *[1] * (labels.ndim - 1))
    return torch.where(dropped, labels, torch.as_tensor(null))


def null_mixture(priors, rates):
    joint = priors * rates
    return joint / joint.sum()
