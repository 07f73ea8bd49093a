# Sai: trường nhìn tính như tích chập không giãn.
def causal_conv(x, weight, dilation):
    reach = (weight.shape[2] - 1) * dilation
    padded = torch.nn.functional.pad(x, (reach, 0), value=⟦rest⟧)
    return torch.nn.functional.conv1d(padded, weight, dilation=dilation)


def receptive_field(k, dilations):
    return 1 + (k - 1) * len(dilations)
