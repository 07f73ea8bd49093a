# Đúng: viết các cặp bằng list, gọi dict().
families = dict(
    DDPM=["bound", "many"],
    MAF=["exact", "many"],
    RealNVP=["exact", "one"],
    PixelCNN=["exact", "many"],
    VAE=["bound", "one"],
    GAN=["none", "one"],
    GMM=["exact", "one"],
)
