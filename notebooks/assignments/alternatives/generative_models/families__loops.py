# Đúng: gán theo nhóm.
families = {}
for name in ("GMM", "RealNVP"):
    families[name] = ("exact", "one")
for name in ("PixelCNN", "MAF"):
    families[name] = ("exact", "many")
families["GAN"] = ("none", "one")
families |= {"VAE": ("bound", "one"), "DDPM": ("bound", "many")}
