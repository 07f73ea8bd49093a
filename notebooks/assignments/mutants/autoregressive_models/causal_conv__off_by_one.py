# Sai: trường nhìn quên mẫu hiện tại.
def causal_conv(x, weight, dilation):
    reach = (weight.shape[2] - 1) * dilation
    padded = torch.nn.functional.pad(x, (reach, 0), value=⟦rest⟧)
    return torch.nn.functional.conv1d(padded, weight, dilation=dilation)


def receptive_field(k, dilations):
    return max((k - 1) * sum(dilations), 1)
