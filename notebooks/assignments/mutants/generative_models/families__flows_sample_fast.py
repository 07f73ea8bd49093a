# Sai: tưởng luồng nào cũng lấy mẫu trong một lượt, quên chiều tuần tự của MAF.
families = {
    "GMM": ("exact", "one"),
    "GAN": ("none", "one"),
    "VAE": ("bound", "one"),
    "PixelCNN": ("exact", "many"),
    "RealNVP": ("exact", "one"),
    "MAF": ("exact", "one"),
    "DDPM": ("bound", "many"),
}
