"""Số liệu của bài tập «Mô hình sinh» theo mã lớp."""

from grading.variants import decimal

OPEN = {
    "height": 32,  # câu 1: cỡ ảnh, và số bước của mô hình khuếch tán
    "width": 32,
    "steps": 1000,
    "noise": 0.1,  # câu 2: độ lệch chuẩn của nhiễu cộng vào dữ liệu
    "beta": 0.5,  # câu 3: số mũ làm mềm trách nhiệm
    "penalty": 0.1,  # câu 4: hệ số phạt phương sai nhỏ
    "temperature": 0.8,  # câu 5: độ lệch chuẩn của mô hình được nhân với nhiệt độ
    "shrink": 0.9,  # và trung bình của nó bị kéo về 0
    "gamma": 0.3,  # câu 6: thành phần được chọn với xác suất tỉ lệ với trọng số mũ gamma
    "unit": 2,  # và mẫu được nhân với đơn vị gốc
}

CLOSE = {"temperature": 0.15, "gamma": 0.15}  # chấm qua lấy mẫu, nên thô


def draw(rng):
    return {
        "height": rng.randrange(36, 100),
        "width": rng.randrange(36, 100),
        "steps": rng.randrange(120, 900),
        "noise": decimal(rng, 0.15, 0.3, 5),
        "beta": decimal(rng, 0.6, 0.9, 5),
        "penalty": decimal(rng, 0.2, 0.9, 5),
        "temperature": decimal(rng, 0.58, 0.7),
        "shrink": decimal(rng, 0.7, 0.85, 5),
        "gamma": decimal(rng, 0.5, 0.75),
        "unit": decimal(rng, 2.5, 9, 5),
    }


def answers(v):
    values = 3 * v["height"] * v["width"]
    return {"families": [1, 1, 1, values, 1, values, v["steps"]]}
