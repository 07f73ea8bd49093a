"""Số liệu của bài tập «Mạng đối sinh» theo mã lớp."""

from grading.variants import decimal

OPEN = {
    "real_share": 0.5,  # câu 1: tỉ lệ mẫu thật mà bộ phân biệt được xem
    "real_label": 0.9,  # câu 2: nhãn của mẫu thật
    "slope": 1,  # câu 3: độ dốc mong muốn của hàm phê bình
    "radius": 3,  # câu 4: bán kính của một mode, tính bằng std
    "critic_rate": 2,  # câu 5: bộ phân biệt học nhanh gấp mấy lần bộ sinh
    "order": 1,  # câu 6: bậc r của khoảng cách W_r
}


CLOSE = {"radius": 1.5e-4}


def draw(rng):
    return {
        "real_share": decimal(rng, *rng.choice([(0.2, 0.4), (0.6, 0.8)]), 5),
        "real_label": decimal(rng, 0.72, 0.87, 5),
        "slope": decimal(rng, 1.5, 3.5, 5),
        "radius": decimal(rng, 2, 2.8, 5),
        "critic_rate": decimal(rng, 2.2, 3.4, 5),
        "order": decimal(rng, *rng.choice([(1.3, 1.7), (2.3, 2.8)]), 5),
    }


def answers(_values):  # mọi câu đều là viết hàm
    return {}
