# Sai: chia hai số đều đã bằng 0 trong máy.
def e_step(x, weights, means, variances):
    density = torch.exp(-((x[:, None] - means) ** 2) / (2 * variances)) / variances.sqrt()
    joint = (weights * density) ** ⟦beta⟧
    return joint / joint.sum(1, keepdim=True)
