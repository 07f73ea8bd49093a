# Sai: đệm lề cả hai bên, mẫu sau lọt vào.
def causal_conv(x, weight, dilation):
    reach = (weight.shape[2] - 1) * dilation
    padded = torch.nn.functional.pad(x, (reach // 2, reach - reach // 2), value=⟦rest⟧)
    return torch.nn.functional.conv1d(padded, weight, dilation=dilation)


def receptive_field(k, dilations):
    return 1 + (k - 1) * sum(dilations)
