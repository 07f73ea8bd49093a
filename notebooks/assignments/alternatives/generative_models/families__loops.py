# Đúng: gán theo nhóm.
families = {}
for name in ("GMM", "RealNVP"):
    families[name] = ("exact", 1)
for name in ("PixelCNN", "MAF"):
    families[name] = ("exact", torch.zeros(⟦height⟧, ⟦width⟧, 3).numel())
families["GAN"] = ("none", 1)
families |= {"VAE": ("bound", 1), "DDPM": ("bound", ⟦steps⟧)}
