# Sai: lật nhân, trọng số đầu nhân với mẫu hiện tại.
def causal_conv(x, weight, dilation):
    reach = (weight.shape[2] - 1) * dilation
    padded = torch.nn.functional.pad(x, (reach, 0), value=⟦rest⟧)
    return torch.nn.functional.conv1d(padded, weight.flip(2), dilation=dilation)


def receptive_field(k, dilations):
    return 1 + (k - 1) * sum(dilations)
