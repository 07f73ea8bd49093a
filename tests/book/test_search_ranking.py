"""Chỉ mục tìm kiếm và thứ hạng: hỏi thì mục nào đứng đầu."""

import gzip
import json
import re
import unicodedata

import pytest
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def index(book_html):
    text = (book_html / "searchindex.js").read_text("utf-8")
    return json.loads(text.removeprefix("const SEARCH_INDEX = ").removesuffix(";\n"))


def test_every_section_of_the_index_is_a_place_in_the_book(index, book_html, toc_pages):
    assert {page for page, _ in index["pages"]} == {f"{page}.html" for page in toc_pages}
    anchors = {}
    for page, anchor, *_ in index["sections"]:
        anchors.setdefault(page, set()).add(anchor)
    for page, (url, _) in enumerate(index["pages"]):
        html = (book_html / url).read_text("utf-8")
        assert anchors[page] <= set(re.findall(r'\bid="([^"]+)"', html)), url


def test_index_holds_readable_text_and_weighs_little(index, book_html):
    texts = [text for *_, title, _, text in index["sections"] for text in (title, text)]
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)
    prose = [row[-1] for row in index["sections"] if "/api" not in index["pages"][row[0]][0]]
    assert not [text for text in prose if re.search(r"\\\(|\\\[|</?(div|span|p)\b", text)]
    weight = len(gzip.compress((book_html / "searchindex.js").read_bytes()))
    assert weight < 900_000


# --- Thứ hạng: nơi mà người đã đọc sách sẽ chỉ cho bạn ---------------------------------------

EXPECTED = {
    "dinh thuc": "change_of_variables#dinh-thuc-la-the-tich-co-dau",
    unicodedata.normalize("NFD", "mô hình sinh"): "generative_models#mo-hinh-sinh-la-gi",
    "MÔ HÌNH SINH LÀ GÌ": "generative_models#mo-hinh-sinh-la-gi",
    "thuat toan EM": "generative_models#thuat-toan-em",
    "bất đẳng thức jensen": "likelihood_and_information#loi-lom-va-bat-dang-thuc-jensen",
    "elbo la gi": "elbo_and_vae#elbo-va-vae",
    "tái tham số hoá": "elbo_and_vae#tai-tham-so-hoa",
    "reparameterization": "elbo_and_vae#tai-tham-so-hoa",
    "contraction": "appendix/glossary#term-anh-xa-co-contraction",
    "normalizing flows": "appendix/glossary#term-luong-chuan-hoa-normalizing-flow",
    "change of variables": "change_of_variables#phep-doi-bien",
    "log_prob": "continuous_flows#log-prob-chi-tra-ve-log-mat-do-cua-co-so",
    "RealNVP": "coupling_flows#tang-affine-realnvp",
    "real nvp": "coupling_flows#tang-affine-realnvp",
    "lấy mẫu langevin": "score_and_sde#dong-luc-hoc-langevin",
    "flow matching là gì": "flow_matching#khop-luong-va-luong-nan-thang",
    "phương sai hutchinson": "ffjord#uoc-luong-hutchinson-cua-do-phan-ky",
    "sup do mode": "gan#sup-do-mode",
    "pixelcnn diem mu": "autoregressive_models#diem-mu",
    "bo de dinh thuc ma tran": "residual_flows#bo-de-dinh-thuc-ma-tran",
    "Picard Lindelof": "continuous_flows#dinh-ly-picardlindelof",
    "classifier-free guidance": "guided_and_latent_diffusion#dan-huong-khong-can-bo-phan-loai",
    "may do ro ri": "../notebooks/autoregressive_models#made-tu-con-so-khong-va-may-do-ro-ri",
    "bảng ký hiệu": "appendix/notation#bang-ky-hieu",
    "véc tơ dò": "residual_flows#vet-bang-vector-do",
    "mạng đối kháng": "gan#mang-doi-sinh",
    "công thức Tweedie": "score_and_sde#cong-thuc-tweedie",
    "tai sao phai hoan vi": "coupling_flows#vi-sao-phai-hoan-vi",
    "khuyếch tán": "diffusion#mo-hinh-khuech-tan-ddpm-ddim",
    "mode collapse": "gan#sup-do-mode",
    "teacher forcing": "autoregressive_models#hoc-theo-thay-va-lech-khi-tu-chay",
    "blind spot": "autoregressive_models#diem-mu",
    "lab khớp luồng": "../notebooks/flow_matching#thuc-hanh-khop-luong-va-luong-nan-thang",
    "1x1 convolution": ("appendix/glossary#term-tich-chap-11-kha-nghich-invertible-11-convolution"),
    # Sai dấu cả cụm: từng từ thì có trong sách, cả cụm với dấu ấy thì không.
    "hàm điểm sô": "score_and_sde#ham-diem-so",
    "khớp luông": "flow_matching#khop-luong-va-luong-nan-thang",
    "điễm bất động": "residual_flows#nghich-dao-bang-diem-bat-dong",
    # Tên mục kèm tên chương.
    "bai tap vae": "elbo_and_vae#bai-tap",
    "tom tat luong phan du": "residual_flows#tom-tat",
    "de thi cuoi ky": "appendix/exams#de-cuoi-ky-120-phut",
}

# Hỏi thành câu, như người ta hỏi: hư từ không được kéo thứ hạng. Vài câu có hơn một nơi trả lời.
QUESTIONS = {
    "khác nhau giữa VAE và GAN": (
        "model_comparison#vae-gan-luong-khuech-tan "
        "generative_models#vae-thi-mo-gan-thi-net-luong-thi-net-nhu-gan"
    ),
    "vì sao ảnh VAE bị mờ": "elbo_and_vae#mo-vi-sao",
    "nên chọn mô hình nào": (
        "model_comparison#chon-cai-nao-cho-viec-nao model_comparison#mot-bai-toan-moi-mo-hinh"
    ),
    "KL không đối xứng": (
        "likelihood_and_information#hai-chieu-cua-kl "
        "appendix/glossary#term-phan-ky-KL-KullbackLeibler-divergence"
    ),
    "ma trận Jacobi tam giác": "autoregressive_flows#ma-tran-jacobi-tam-giac",
    "bit mỗi chiều": (
        "coupling_flows#bit-tren-moi-chieu appendix/glossary#term-bit-moi-chieu-bits-per-dimension"
    ),
    "DDIM khác DDPM thế nào": (
        "diffusion#mo-hinh-khuech-tan-ddpm-ddim diffusion#lay-mau-tat-dinh-ddim "
        "diffusion#cung-mot-mang-thi-ddim-va-ddpm-sinh-cung-mot-luat"
    ),
    "phương trình fokker planck": (
        "score_and_sde#thm-fokker-planck score_and_sde#fokkerplanck-mat-do-cua-mot-dam-bi-xo"
    ),
    "chữ thành ảnh": "guided_and_latent_diffusion#chu-thanh-anh-tren-chu-so",
    "phuong phap lien hop": (
        "continuous_flows#thm-adjoint continuous_flows#gradient-hai-con-duong-ve"
    ),
    "nhiệt độ và top-p khi lấy mẫu": "autoregressive_models#lay-mau-nhiet-do-va-top-p",
    "bộ nhớ đệm khóa giá trị": "autoregressive_models#bo-nho-dem-khoagia-tri",
    "free bits": "appendix/glossary#term-free-bits hierarchical_vae#hai-meo-khi-huan-luyen",
    "EM cho hỗn hợp Gauss": (
        "generative_models#thuat-toan-em "
        "../notebooks/generative_models#hon-hop-gauss-va-thuat-toan-em-viet-tay"
    ),
    "reflow": "flow_matching#luong-nan-thang flow_matching#thm-reflow",
    "bản quyền của ảnh do máy vẽ": "guided_and_latent_diffusion#ban-quyen-gia-mao-xuat-xu",
    "so hai mô hình cần mấy hạt giống": (
        "model_comparison#khoang-tin-cay-qua-hat-giong "
        "model_comparison#nhieu-lan-huan-luyen-hai-nguon-dao-dong "
        "model_comparison#so-hai-ho-bang-mot-hat-giong"
    ),
    "tại sao attention chia cho căn d": (
        "autoregressive_models#vi-sao-chia-cho-sqrt-d "
        "../notebooks/autoregressive_models#co-che-tap-trung-che-o-dau-chia-cho-bao-nhieu"
    ),
    "điểm mù của pixelcnn": (
        "autoregressive_models#diem-mu appendix/glossary#term-diem-mu-blind-spot"
    ),
    "GAN cho văn bản": "gan#van-ban-khi-dau-ra-roi-rac",
    "mật độ có phải là xác suất không": "change_of_variables#mat-do-khong-phai-la-xac-suat",
    "dữ liệu tổng hợp có ích không": "generative_models#du-lieu-tong-hop-co-them-thong-tin-khong",
    "quên hoán vị": "coupling_flows#quen-hoan-vi-giua-cac-tang",
    "vì sao tầng trên của VAE phân cấp chết": "hierarchical_vae#vi-sao-cac-tang-tren-chet",
    "nghịch đảo của luồng phần dư": "residual_flows#nghich-dao-bang-diem-bat-dong",
    "hai quỹ đạo có cắt nhau không?": (
        "continuous_flows#quy-dao-khong-cat-nhau-va-cai-gia-cua-dieu-ay"
    ),
    "sde ngược của anderson": "score_and_sde#quay-nguoc-sde-cua-anderson",
    "phép biến đổi không đơn ánh": "change_of_variables#khi-phep-bien-doi-khong-don-anh",
    "huấn luyện trên nhiều gpu": "model_comparison#may-lon-hon-gpu-va-nhieu-may",
    "hậu nghiệm bằng luồng": "autoregressive_flows#hau-nghiem-bang-luong-tu-hoi-quy",
    "mã hóa vị trí": "autoregressive_models#vi-tri",
    "thơ lục bát": "autoregressive_models#mot-thuoc-do-khac-luat-luc-bat",
}

# Sai một chữ (từ dài: hai chữ), hay gõ Telex mà bộ gõ đang tắt: từ lạ, và nơi cần tới.
MISTYPED = {
    "mô hinh sihn": ("sihn", "generative_models#mo-hinh-sinh-la-gi"),
    "difusion": ("difusion", "appendix/glossary#term-mo-hinh-khuech-tan-diffusion-model"),
    "jacobean": ("jacobean", "appendix/glossary#term-ma-tran-Jacobi-Jacobian"),
    "tái tham số hoas": ("hoas", "elbo_and_vae#tai-tham-so-hoa"),
    "bat dang thuc jensne": (
        "jensne",
        "likelihood_and_information#loi-lom-va-bat-dang-thuc-jensen",
    ),
    "wassertein": ("wassertein", "gan#wasserstein-khoang-cach-biet-minh-con-bao-xa"),
    "ước lượng hutchison": ("hutchison", "ffjord#uoc-luong-hutchinson-cua-do-phan-ky"),
    "normalizing folw": ("folw", "appendix/glossary#term-luong-chuan-hoa-normalizing-flow"),
    "dequantisation": ("dequantisation", "appendix/glossary#term-khu-luong-tu-hoa-dequantization"),
    "entropi cheo": ("entropi", "likelihood_and_information#entropy-cheo-va-phan-ky-kl"),
    "động lực học langevn": ("langevn", "score_and_sde#dong-luc-hoc-langevin"),
    "moo hinhf sinh": ("moo, hinhf", "generative_models#mo-hinh-sinh-la-gi"),
    "nghich daor diem bat dong": ("daor", "residual_flows#nghich-dao-bang-diem-bat-dong"),
    "wasertein": ("wasertein", "gan#wasserstein-khoang-cach-biet-minh-con-bao-xa"),
    "reparametrisation": ("reparametrisation", "elbo_and_vae#tai-tham-so-hoa"),
}


@pytest.fixture(scope="module")
def ranked(browser, site):
    """Hỏi thẳng bộ xếp hạng của trang tìm kiếm: câu hỏi → các hàng, hàng đáng đọc nhất trước."""
    browser.open(f"{site}/search.html?q=elbo")
    ready = "return typeof SEARCH_INDEX !== 'undefined'"
    WebDriverWait(browser.driver, 15).until(lambda _: browser.run(ready))
    browser.run("window.searchBook = SearchRank.read(SEARCH_INDEX)")

    def ask(words, most=3):
        return browser.run(
            """const {typos, found} = SearchRank.search(arguments[0], searchBook);
            return found.slice(0, arguments[1])
              .map(({row}) => ({place: `${row.url}#${row.anchor}`, title: row.title, typos,
                                text: row.fields[1].words}))""",
            words,
            most,
        )

    return ask


def missed_by(ranked, expected):
    """Câu hỏi mà ba kết quả đầu không có nơi nào trong những nơi cần tới."""
    missed = {}
    for words, targets in expected.items():
        wanted = set()
        for target in targets.split():
            page, anchor = target.split("#")
            wanted.add(f"book/{page}.html#{anchor}".replace("book/../", ""))
        places = [row["place"] for row in ranked(words)]
        if not wanted & set(places):
            missed[words] = {"cần": wanted, "gặp": places}
    return missed


@pytest.mark.parametrize("expected", [EXPECTED, QUESTIONS], ids=["từ", "câu hỏi"])
def test_expected_section_is_among_the_first_three(ranked, expected):
    assert missed_by(ranked, expected) == {}
    mended = {words: row["typos"] for words in expected for row in ranked(words, 1) if row["typos"]}
    assert mended == {}, "sửa một từ vốn có trong sách"


def test_mistyped_letters_are_forgiven(ranked):
    assert missed_by(ranked, {words: target for words, (_, target) in MISTYPED.items()}) == {}
    for words, (wrong, _) in MISTYPED.items():
        assert ", ".join(ranked(words, 1)[0]["typos"]) == wrong, words


def test_a_word_unlike_any_in_the_book_is_not_mended(ranked):
    for word in ("tensorflow", "hamiltonian", "bootstrap", "underfitting"):
        assert not any(row["typos"] for row in ranked(word)), word


def test_words_standing_together_come_before_scattered_ones(ranked):
    english = {"mô hình sinh": "generative model", "phương trình liên tục": "continuity equation"}
    for words, also in english.items():
        for row in ranked(words, 10):
            text = f"{row['title']} {row['text']}".lower()
            assert words in text or also.replace(" ", "") in text.replace(" ", ""), row["place"]


def test_exact_diacritics_come_first(ranked):
    """«màu», «mẫu» và «máu» gấp dấu thì như nhau; người gõ có dấu muốn đúng từ ấy."""
    for words in ("màu", "mẫu"):
        for row in ranked(words, 5):
            found = f"{row['title']} {row['text']}".lower()
            assert re.search(rf"\b{words}\b", found), f"{words}: {row['place']}"
